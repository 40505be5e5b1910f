//===- Compile.cpp - writ compile: a module to an artifact file -----------===//
#include "frontend/wasm/ModuleFile.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/Text.h"
#include "tools/writ/artifact/ArtifactOptions.h"

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
};
} // namespace

static constexpr const char *examples =
    R"(The artifact has all that it takes to run the contract without a compiler (writ-run). The same
module and options give the same bytes on every machine.

Examples:
  writ compile token.wasm
  writ compile token.wasm --tier singlepass -o token.fast.writ --key-file secret
  writ-run token.writ main 1000
)";

/// Under another name first, so that nobody finds half of it.
static void writeFile(const std::string &path, std::span<const uint8_t> bytes) {
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

static ExitCode compile(const Options &options) {
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
  std::string output = options.output;
  if (output.empty())
    output = std::filesystem::path(options.file).replace_extension(".writ").string();
  if (output == "-") {
    std::fwrite(artifact.data(), 1, artifact.size(), stdout);
    return ExitCode::Ok;
  }
  writeFile(output, artifact);
  fmt::print("{}: {}, {}{}\n", output, bytesText(double(artifact.size())), options.tier,
             key ? ", signed" : "");
  return ExitCode::Ok;
}

void addCompile(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<Options>();
  CLI::App *sub = app.add_subcommand("compile", "Compile a module to an artifact, a file to run");
  sub->footer(examples);
  sub->add_option("FILE", options->file, "A .wasm module; - for standard input")
      ->required()
      ->type_name("");
  sub->add_option("-o,--output", options->output,
                  "The artifact; default: FILE with the extension .writ; - for standard output")
      ->type_name("FILE");
  sub->add_option("--tier", options->tier, "What compiles it: " + listOf(artifactTiers()))
      ->check(CLI::IsMember(artifactTiers()))
      ->type_name("TIER")
      ->capture_default_str();
  sub->add_option("--threads", options->threads, "Threads that singlepass may take")
      ->check(CLI::Range(1u, 256u))
      ->type_name("N")
      ->capture_default_str();
  options->artifact.addTo(*sub);
  sub->callback([options, &chosen] {
    if (options->file == "-" && options->output.empty())
      throw CLI::ValidationError("standard input needs -o FILE");
    chosen = [options] { return compile(*options); };
  });
}

} // namespace writ::cli
