//===- Compile.cpp - writ compile: a module to an artifact file -----------===//
#include "frontend/wasm/ModuleFile.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Output.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/artifact/ArtifactOptions.h"
#include "tools/writ/artifact/ThroughCache.h"
#include "tools/writ/wasm/WasmCommand.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {
struct Options {
  std::string file, output, tier = "llvm", cacheFile;
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
  writ compile token.wasm --target wasm32 -o - --cache contracts.db
)";

static constexpr const char *fromCache = ", from the cache";

static ExitCode compileToWasm(const Options &options) {
  CompileOptions compileOptions = options.artifact.compileOptions();
  auto bytes =
      orFatal(wasm::readModuleFile(options.file, compileOptions.policy.limits.moduleBytes));
  auto key = options.artifact.macKey();
  WasmArtifactRequest request = options.wasm.request(compileOptions.policy, options.file);
  request.macKey = key ? &*key : nullptr;
  auto [module, isNew] =
      emitThroughCache({options.cacheFile, options.file, bytes, compileOptions.policy}, request);
  double times = double(module.size()) / double(bytes.size());
  deliver(outputPath(options.output, options.file, ".metered.wasm"), module,
          fmt::format("{:.2f} times the input{}", times, isNew ? "" : fromCache));
  return ExitCode::Ok;
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
  ArtifactRecipe recipe{orFatal(artifactKey(cache::digestOf(bytes), compileOptions, request)),
                        request.macKey,
                        [&] { return compileArtifact(bytes, compileOptions, request); }};
  auto [artifact, isNew] =
      makeThroughCache({options.cacheFile, options.file, bytes, compileOptions.policy}, recipe);
  deliver(outputPath(options.output, options.file, ".writ"), artifact,
          options.tier + (key ? ", signed" : "") + (isNew ? "" : fromCache));
  return ExitCode::Ok;
}

/// The names of those that were given.
static std::vector<std::string> givenOf(const std::vector<const CLI::Option *> &options) {
  std::vector<std::string> names;
  for (const CLI::Option *option : options)
    if (option->count() > 0)
      names.push_back(option->get_name());
  return names;
}

/// An option that the target has no use for says that something else was meant.
static void refuseContradictions(const CLI::App &sub, const Options &options) {
  bool isWasm = options.artifact.target == "wasm32";
  std::vector<const CLI::Option *> native;
  for (const char *name : {"--tier", "--threads", "-O"})
    native.push_back(sub.get_option(name));
  if (options.cacheFile.empty()) // What is kept in a cache can be signed.
    native.push_back(sub.get_option("--key-file"));
  std::vector<std::string> names =
      givenOf(isWasm ? native : std::as_const(*sub.get_option_group("wasm32")).get_options());
  if (!names.empty())
    throw CLI::ValidationError(fmt::format("{} {} no meaning {} --target wasm32", listOf(names),
                                           names.size() == 1 ? "has" : "have",
                                           isWasm ? "with" : "without"));
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
  sub->add_option("--cache", options->cacheFile,
                  "Take the result from this cache, or keep it there; default: neither")
      ->type_name("FILE");
  options->artifact.addTo(*sub, {"wasm32"});
  options->wasm.addTo(*sub);
  sub->callback([options, sub, &chosen] {
    refuseContradictions(*sub, *options);
    if (options->file == "-" && options->output.empty())
      throw CLI::ValidationError("standard input needs -o FILE");
    chosen = [options] { return compile(*options); };
  });
}

} // namespace writ::cli
