//===- Segments.cpp - Element, data and code sections ---------------------===//
#include "frontend/wasm/ReadState.h"

#include <fmt/format.h>

namespace writ::wasm {

static SegmentMode modeOfFlags(uint32_t flags) {
  if (!(flags & 1))
    return SegmentMode::Active;
  return flags & 2 ? SegmentMode::Declarative : SegmentMode::Passive;
}

/// A function index as an element; such functions count as declared.
static ConstExpr readFuncItem(ReadState &state, Cursor &in) {
  uint32_t index = state.readIndex(in, state.module.info.funcs.size(), "function");
  if (!in.failed())
    state.declaredFuncs[index] = true;
  return {ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, index};
}

static void readElemItems(ReadState &state, Cursor &in, bool areExprs, ElemSegment &segment) {
  uint32_t count = state.readCount(in, &Limits::elemItems, areExprs ? 2 : 1, state.elemItems);
  state.elemItems += count;
  segment.items.reserve(count);
  for (; count > 0 && !in.failed(); --count)
    segment.items.push_back(areExprs ? readConstExpr(state, in, segment.type)
                                     : readFuncItem(state, in));
}

/// The element type: a reference type before expressions, else a kind, always 0.
static ValueType readElemType(ReadState &state, Cursor &in, bool areExprs) {
  uint32_t offset = in.offset();
  if (areExprs) {
    ValueType type = readRefType(in);
    if (type == ValueType::ExternRef)
      state.require(Feature::ReferenceTypes, "externref", offset);
    return type;
  }
  if (uint8_t kind = in.readByte(); kind != 0)
    in.failAt(offset, fmt::format("malformed element kind 0x{:02x}", kind));
  return ValueType::FuncRef;
}

static ElemSegment readElemSegment(ReadState &state, Cursor &in) {
  const std::vector<TableDecl> &tables = state.module.info.tables;
  uint32_t offset = in.offset();
  uint32_t flags = in.readU32();
  if (flags > 7)
    in.failAt(offset, fmt::format("malformed element segment flags {}", flags));
  if (flags != 0)
    state.require(Feature::BulkMemory, "element segment with flags", offset);
  ElemSegment segment;
  segment.mode = modeOfFlags(flags);
  bool areExprs = flags & 4;
  bool isActive = segment.mode == SegmentMode::Active;
  if (isActive) {
    if (flags & 2)
      segment.table = state.readIndex(in, tables.size(), "table");
    else if (tables.empty())
      in.failAt(offset, "unknown table 0; 0 declared");
    segment.offset = readConstExpr(state, in, ValueType::I32);
  }
  if (flags & 3)
    segment.type = readElemType(state, in, areExprs);
  if (isActive && !in.failed() && tables[segment.table].element != segment.type)
    in.failAt(offset, fmt::format("segment of {} for table {} of {}", valueTypeName(segment.type),
                                  segment.table, valueTypeName(tables[segment.table].element)));
  readElemItems(state, in, areExprs, segment);
  return segment;
}

void readElementSection(ReadState &state, Cursor &in) {
  uint32_t count = state.readCount(in, &Limits::elemSegments, 2);
  state.module.info.elems.reserve(count);
  for (; count > 0 && !in.failed(); --count)
    state.module.info.elems.push_back(readElemSegment(state, in));
}

void readDataCountSection(ReadState &state, Cursor &in) {
  state.require(Feature::BulkMemory, "data count section", in.offset());
  state.dataCount = in.readU32();
}

void readCodeSection(ReadState &state, Cursor &in) {
  uint32_t offset = in.offset();
  uint32_t declared = uint32_t(state.module.info.funcs.size()) - state.module.importedFuncs;
  uint32_t count = in.readU32();
  if (!in.failed() && count != declared)
    in.failAt(offset, fmt::format("function and code section have inconsistent lengths: {} bodies "
                                  "for {} functions",
                                  count, declared));
  if (in.failed())
    return;
  state.bodies.reserve(count); // Bounded: as many functions were declared.
  for (; count > 0 && !in.failed(); --count) {
    uint32_t bodyOffset = in.offset();
    uint32_t size = in.readU32();
    state.within(&Limits::bodyBytes, size, bodyOffset);
    state.bodies.push_back(in.take(size).bytes());
  }
}

static DataSegment readDataSegment(ReadState &state, Cursor &in) {
  uint32_t offset = in.offset();
  uint32_t flags = in.readU32();
  if (flags > 2)
    in.failAt(offset, fmt::format("malformed data segment flags {}", flags));
  if (flags != 0)
    state.require(Feature::BulkMemory, "data segment with flags", offset);
  DataSegment segment;
  segment.mode = modeOfFlags(flags);
  if (segment.mode == SegmentMode::Active) {
    size_t memories = state.module.info.memories.size();
    if (flags & 2)
      segment.memory = state.readIndex(in, memories, "memory");
    else if (memories == 0)
      in.failAt(offset, "unknown memory 0; 0 declared");
    segment.offset = readConstExpr(state, in, ValueType::I32);
  }
  std::span<const uint8_t> bytes = in.take(in.readU32()).bytes();
  segment.bytes.assign(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return segment;
}

void readDataSection(ReadState &state, Cursor &in) {
  uint32_t offset = in.offset();
  uint32_t count = state.readCount(in, &Limits::dataSegments, 2);
  if (state.dataCount && !in.failed() && count != *state.dataCount)
    in.failAt(offset, fmt::format("data count and data section have inconsistent lengths: {} and "
                                  "{} segments",
                                  *state.dataCount, count));
  state.module.info.data.reserve(count);
  for (; count > 0 && !in.failed(); --count)
    state.module.info.data.push_back(readDataSegment(state, in));
}

} // namespace writ::wasm
