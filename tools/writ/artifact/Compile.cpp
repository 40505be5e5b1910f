//===- Compile.cpp - writ compile: a module to an artifact file -----------===//
#include "frontend/wasm/ModuleFile.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/Text.h"
#include "tools/writ/artifact/ArtifactOptions.h"
#include "tools/writ/wasm/WasmCommand.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace writ::cli {

namespace {
struct Options {
  std::string file, output, tier = "llvm";
  unsigned threads = 1;
  ArtifactOptions artifact;
  WasmCommand wasm;
};
} // namespace

static constexpr const char *examples =
    R"(The artifact has all that it takes to run the contract without a compiler (writ-run). With --target
wasm32, the result is a WebAssembly module that meters itself, for any engine
(docs/wasm-target.md). The same module and options give the same bytes on every machine.

Examples:
  writ compile token.wasm
  writ compile token.wasm --tier singlepass -o token.fast.writ --key-file secret
  writ-run token.writ main 1000
  writ compile token.wasm --target wasm32 -o token.metered.wasm --schedule near
)";

/// Under another name first, so that nobody finds half of it.
void writeFile(const std::string &path, std::span<const uint8_t> bytes) {
  std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
  file.close();
  std::error_code failed;
  if (file)
    std::filesystem::rename(draft, path, failed);
  if (!file || failed)
    throw Fatal(ExitCode::Failure, fmt::format("{}: cannot be written", path));
}

/// What a command has made goes to `output`, or to standard output.
static ExitCode deliver(const std::string &output, std::span<const uint8_t> bytes,
                        const std::string &what) {
  if (output == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return ExitCode::Ok;
  }
  writeFile(output, bytes);
  fmt::print("{}: {}, {}\n", output, bytesText(double(bytes.size())), what);
  return ExitCode::Ok;
}

static std::string outputOf(const Options &options, const char *extension) {
  if (!options.output.empty())
    return options.output;
  return std::filesystem::path(options.file).replace_extension(extension).string();
}

static ExitCode compileToWasm(const Options &options) {
  CompileOptions compileOptions = options.artifact.compileOptions();
  auto bytes =
      orFatal(wasm::readModuleFile(options.file, compileOptions.policy.limits.moduleBytes));
  auto module = options.wasm.compile(bytes, compileOptions.policy, options.file);
  double times = double(module.size()) / double(bytes.size());
  return deliver(outputOf(options, ".metered.wasm"), module,
                 fmt::format("{:.2f} times the input", times));
}

static ExitCode compile(const Options &options) {
  if (options.artifact.target == "wasm32")
    return compileToWasm(options);
  CompileOptions compileOptions = options.artifact.compileOptions();
  compileOptions.name = options.file;
  compileOptions.threads = options.threads;
  auto key = options.artifact.macKey();
  ArtifactRequest request;
  request.tier = artifactTier(options.tier);
  request.target = options.artifact.target;
  request.macKey = key ? &*key : nullptr;
  auto bytes =
      orFatal(wasm::readModuleFile(options.file, compileOptions.policy.limits.moduleBytes));
  auto artifact = orFatal(compileArtifact(bytes, compileOptions, request));
  return deliver(outputOf(options, ".writ"), artifact, options.tier + (key ? ", signed" : ""));
}

void addCompile(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<Options>();
  CLI::App *sub = app.add_subcommand(
      "compile", "Compile a module to an artifact, a file to run, or to a metered module");
  sub->footer(examples);
  sub->add_option("FILE", options->file, "A .wasm module; - for standard input")
      ->required()
      ->type_name("");
  sub->add_option("-o,--output", options->output,
                  "The result; default: FILE with the extension .writ, or .metered.wasm; - for "
                  "standard output")
      ->type_name("FILE");
  sub->add_option("--tier", options->tier, "What compiles it: " + listOf(artifactTiers()))
      ->check(CLI::IsMember(artifactTiers()))
      ->type_name("TIER")
      ->capture_default_str();
  sub->add_option("--threads", options->threads, "Threads that singlepass may take")
      ->check(CLI::Range(1u, 256u))
      ->type_name("N")
      ->capture_default_str();
  options->artifact.addTo(*sub, {"wasm32"});
  options->wasm.addTo(*sub);
  sub->callback([options, &chosen] {
    if (options->file == "-" && options->output.empty())
      throw CLI::ValidationError("standard input needs -o FILE");
    chosen = [options] { return compile(*options); };
  });
}

} // namespace writ::cli
