//===- Code.cpp - WebAssembly code whose indices are not known yet --------===//
#include "lowering/wasm/Code.h"

using namespace writ;
using namespace writ::wasmgen;

Gap &wasmgen::addGap(Code &code, GapKind kind, uint32_t index) {
  Gap made;
  made.at = uint32_t(code.bytes.size());
  made.kind = kind;
  made.index = index;
  return code.gaps.emplace_back(made);
}

void wasmgen::copyCode(Code &code, const Code &from,
                       const std::function<void(const Gap &)> &atGap) {
  size_t at = 0, place = 0;
  auto copyTo = [&](size_t end, size_t gaps) {
    for (; place < from.places.size() && from.places[place].gaps == gaps; ++place)
      code.places.push_back({uint32_t(code.bytes.size() + from.places[place].at - at),
                             uint32_t(code.gaps.size()), from.places[place].source});
    code.bytes.insert(code.bytes.end(), from.bytes.begin() + ptrdiff_t(at),
                      from.bytes.begin() + ptrdiff_t(end));
    at = end;
  };
  for (size_t number = 0; number < from.gaps.size(); ++number) {
    copyTo(from.gaps[number].at, number);
    atGap(from.gaps[number]);
  }
  copyTo(from.bytes.size(), from.gaps.size());
}

uint32_t wasmgen::writeBody(std::vector<uint8_t> &code, std::vector<PlaceRow> &places,
                            const Body &body,
                            const std::function<void(Encoder &, const Gap &)> &fill) {
  std::vector<uint8_t> bytes;
  Encoder out(bytes);
  out.number(body.locals.size());
  for (LocalRun run : body.locals) {
    out.number(run.count);
    out.byte(typeCode(run.type));
  }
  size_t firstPlace = places.size(), at = 0, place = 0;
  auto copyTo = [&](size_t end, size_t gaps) {
    const std::vector<Place> &all = body.code.places;
    for (; place < all.size() && all[place].gaps == gaps; ++place)
      places.push_back({uint32_t(bytes.size() + all[place].at - at), all[place].source});
    out.raw({body.code.bytes.data() + at, end - at});
    at = end;
  };
  for (size_t number = 0; number < body.code.gaps.size(); ++number) {
    copyTo(body.code.gaps[number].at, number);
    fill(out, body.code.gaps[number]);
  }
  copyTo(body.code.bytes.size(), body.code.gaps.size());
  Encoder section(code);
  section.number(bytes.size());
  auto start = uint32_t(code.size());
  for (size_t row = firstPlace; row < places.size(); ++row)
    places[row].at += start;
  section.raw(bytes);
  return start;
}
