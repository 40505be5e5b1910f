//===- WasmScript.cpp - The suite for engines that run emitted modules ----===//
//
// wasm_script --out DIR [--size PERCENT] [--meter-only] [--schedule NAME] [--stack BYTES]
//             FILE.wast|DIR…
//
// Compiles each module of each script to metered WebAssembly that shares its meter, runs the script
// on the interpreter, and writes what happened beside it: DIR/<script>.json and modules. Then
// wasm_target.mjs runs it all in another engine and compares.
//
//===----------------------------------------------------------------------===//
#include "jit/CompileWasm.h"
#include "tests/spec/World.h"
#include "tests/support/Files.h"

#include "llvm/Support/CRC.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

static llvm::json::Array wordsOf(std::span<const uint64_t> words) {
  llvm::json::Array array;
  for (uint64_t word : words)
    array.push_back(std::to_string(word));
  return array;
}

static llvm::json::Array typesOf(std::span<const ValueType> types) {
  llvm::json::Array array;
  for (ValueType type : types)
    array.push_back(valueTypeName(type));
  return array;
}

/// "core-call": there are several of the same name.
static std::string scriptName(const std::filesystem::path &path) {
  return path.parent_path().filename().string() + "-" + path.stem().string();
}

namespace {
/// What is made of modules, and where.
struct Form {
  std::string folder = std::filesystem::temp_directory_path() / "writ-wasm-script";
  unsigned sizePercent = 100;
  bool meterOnly = false;
};

/// One script on its way.
class Script {
public:
  Script(const std::string &path, const Form &form, const Schedule &schedule, uint64_t stackBytes)
      : path(path), form(form), schedule(schedule), name(scriptName(path)),
        world(allVariants()[0], schedule, stackBytes) {}

  bool run();
  unsigned refused = 0;

private:
  void add(const Command &command);
  void addModule(const Command &command, llvm::json::Object &to);
  void addReply(const Reply &reply, llvm::json::Object &to);

  std::string path;
  const Form &form;
  const Schedule &schedule;
  std::string name;
  World world;
  llvm::json::Array commands;
  unsigned modules = 0;
};
} // namespace

void Script::addReply(const Reply &reply, llvm::json::Object &to) {
  if (reply.error) {
    to["error"] = reply.error->message;
    return;
  }
  to["trap"] = int64_t(reply.outcome.trap.kind);
  to["gas"] = std::to_string(reply.outcome.gasUsed);
  std::vector<uint64_t> words;
  for (size_t i = 0; i < reply.outcome.values.size(); ++i)
    words.push_back(portableBits(reply.types[i], reply.outcome.values[i], reply.instance));
  to["values"] = wordsOf(words);
  to["types"] = typesOf(reply.types);
  Memory *memory = reply.instance ? reply.instance->memory() : nullptr;
  if (memory && memory->bytes() <= 1 << 20)
    to["memory"] = int64_t(llvm::crc32({memory->base(), size_t(memory->bytes())}));
}

void Script::addModule(const Command &command, llvm::json::Object &to) {
  Result<Bytes> bytes = readFile(command.file);
  if (!bytes)
    return;
  WasmTargetOptions options;
  options.name = std::filesystem::path(command.file).filename();
  for (wasm::Feature feature : {wasm::Feature::TailCall, wasm::Feature::MultiValue})
    options.policy.features.set(feature);
  options.target.features = {true, true, true, true, true, true};
  options.target.meterOwner = MeterOwner::Host;
  options.sizePercent = form.sizePercent;
  options.meterOnly = form.meterOnly;
  auto module = compileWasm(*bytes, schedule, options);
  if (!module) {
    to["refused"] = module.error().message;
    ++refused;
  } else {
    std::string file = fmt::format("{}.{}.wasm", name, modules++);
    to["file"] = file;
    (void)writeFile(form.folder + "/" + file, *module);
  }
  auto variants = compileVariants(*bytes, allVariants().first(1), name);
  if (!variants)
    to["error"] = variants.error().message;
  else
    addReply(world.instantiate((*variants)[0], command), to);
}

void Script::add(const Command &command) {
  if (command.isText || command.kind == CommandKind::Invalid ||
      command.kind == CommandKind::Malformed)
    return;
  llvm::json::Object to;
  to["kind"] = std::string(commandName(command.kind));
  to["line"] = command.line;
  to["name"] = command.name;
  if (command.kind == CommandKind::Register) {
    to["as"] = command.as;
    world.registerModule(command);
  } else if (!command.file.empty()) {
    addModule(command, to);
  } else {
    to["module"] = command.module;
    to["field"] = command.field;
    to["get"] = command.isGet;
    std::vector<uint64_t> words;
    std::vector<ValueType> types;
    for (const ScriptValue &value : command.args) {
      words.push_back(value.bits);
      types.push_back(value.type);
    }
    to["args"] = wordsOf(words);
    to["params"] = typesOf(types);
    addReply(world.act(command), to);
  }
  commands.push_back(std::move(to));
}

bool Script::run() {
  unsigned edited = 0;
  Result<std::vector<Command>> read =
      convertScript(path, form.folder + "/" + name + ".wast", edited);
  if (!read) {
    fmt::print("{}\n", read.error().message);
    return false;
  }
  for (const Command &command : *read)
    add(command);
  std::error_code failed;
  llvm::raw_fd_ostream out(form.folder + "/" + name + ".json", failed);
  out << llvm::json::Value(llvm::json::Object{{"commands", std::move(commands)}}) << "\n";
  return !failed;
}

int main(int argc, char **argv) {
  Form form;
  std::vector<std::string> paths;
  std::string schedule = "weighted";
  uint64_t stackBytes = InstanceLimits().stackBytes;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    if (arg == "--out" && i + 1 < argc) {
      form.folder = argv[++i];
    } else if (arg == "--meter-only") {
      form.meterOnly = true;
    } else if (arg == "--size" && i + 1 < argc) {
      form.sizePercent = unsigned(std::stoul(argv[++i]));
    } else if (arg == "--stack" && i + 1 < argc) {
      stackBytes = std::stoull(argv[++i]);
    } else if (arg == "--schedule" && i + 1 < argc) {
      schedule = argv[++i];
    } else {
      paths.push_back(arg);
    }
  }
  std::vector<std::string> files = findScripts(paths);
  if (files.empty())
    return exitSkipped;
  std::filesystem::create_directories(form.folder);
  unsigned refused = 0, failed = 0;
  for (const std::string &file : files) {
    Script script(file, form, *shippedSchedule(schedule), stackBytes);
    failed += !script.run();
    refused += script.refused;
  }
  fmt::print("{} scripts, {} modules refused, {} failures\n", files.size(), refused, failed);
  return failed != 0;
}
