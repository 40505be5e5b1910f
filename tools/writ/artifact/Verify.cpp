//===- Verify.cpp - writ verify: is this what the contract compiles to ----===//
#include "cache/Artifact.h"
#include "frontend/wasm/ModuleFile.h"
#include "jit/WasmArtifact.h"
#include "jit/image/LoadArtifact.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Interrupt.h"
#include "tools/writ/Progress.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/artifact/ArtifactOptions.h"
#include "tools/writ/cache/CachePath.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace writ::cli {

using cache::Bytes;

namespace {
struct Options {
  std::vector<std::string> files; ///< An artifact and its module, or none for the cache.
  CacheOption cache;
  ArtifactOptions artifact;
  bool quiet = false;
};

/// What is asked of every artifact.
struct Verifier {
  CompileOptions options;
  std::optional<cache::MacKey> macKey;

  /// Throws `Fatal` with the reason if `artifact` is not what `module` compiles to.
  void check(const Bytes &artifact, const Bytes &module, const std::string &name) const;

private:
  Result<Bytes> makeAgain(const cache::Artifact &artifact, const Bytes &module,
                          const std::string &name) const;
};
} // namespace

static constexpr const char *examples =
    R"(Checks an artifact in full (header, hashes, signature if there is a key, every table), compiles its
contract again with the options that the artifact names, and compares every byte. So its code, and the
charges in it, are those of the contract: the IR that code is made from passes contract-verify-core,
which proves that what is charged on every path is what the bytecode ops on it cost. Prices are no part of
native code; metered modules (--target wasm32) have those of the schedule that they are kept with.

Without files: all artifacts in the cache that this writ has made, and whose contract is there.

Examples:
  writ verify token.writ token.wasm
  writ verify --cache contracts.db
)";

[[noreturn]] static void refuse(const std::string &why) { throw Fatal(ExitCode::BadInput, why); }

Result<Bytes> Verifier::makeAgain(const cache::Artifact &artifact, const Bytes &module,
                                  const std::string &name) const {
  if (isWasmArtifact(artifact)) {
    WasmArtifactRequest request;
    if (auto used = useWasmArtifact(artifact, request); !used)
      return used.error();
    request.options.policy = options.policy;
    request.options.name = name;
    request.macKey = macKey ? &*macKey : nullptr;
    return compileWasmArtifact(module, request);
  }
  CompileOptions compileOptions = options;
  compileOptions.name = name;
  ArtifactRequest request;
  if (auto used = useKey(artifact.head().key, compileOptions, request); !used)
    return used.error();
  request.macKey = macKey ? &*macKey : nullptr;
  return compileArtifact(module, compileOptions, request);
}

void Verifier::check(const Bytes &artifact, const Bytes &module, const std::string &name) const {
  cache::ArtifactDemand demand;
  demand.code = cache::digestOf(module);
  demand.macKey = macKey;
  auto opened = orFatal(cache::Artifact::inspect(cache::makeByteSource(artifact), demand));
  const cache::Key &key = opened.head().key;
  if (key.compiler != cache::thisCompiler())
    refuse(fmt::format("made by {}: only that can compile it again", key.compiler));
  if (!isWasmArtifact(opened))
    orFatal(checkArtifact(opened));
  if (opened.head().hasMac && !macKey)
    refuse("is signed: the key is needed to make it again (--key-file)");
  Bytes again = orFatal(makeAgain(opened, module, name));
  if (again == artifact)
    return;
  auto differing = std::ranges::mismatch(again, artifact).in1 - again.begin();
  refuse(fmt::format("differs from what the contract compiles to, from byte {:#x} on ({} bytes; "
                     "expected {})",
                     differing, artifact.size(), again.size()));
}

static ExitCode verifyFile(const Options &options, const Verifier &verifier) {
  const std::string &path = options.files[0];
  auto source = orFatal(cache::openByteSource(path));
  Bytes artifact(source->size());
  if (!source->read(0, artifact))
    refuse(path + ": cannot be read");
  Bytes module =
      orFatal(wasm::readModuleFile(options.files[1], verifier.options.policy.limits.moduleBytes));
  try {
    verifier.check(artifact, module, options.files[1]);
  } catch (const Fatal &fatal) {
    throw Fatal(fatal.code, fmt::format("{}: {}", path, fatal.what()));
  }
  fmt::print("{}: is what {} compiles to\n", path, options.files[1]);
  return ExitCode::Ok;
}

static ExitCode verifyAll(const Options &options, const Verifier &verifier) {
  auto store = options.cache.open(cache::Access::ReadOnly);
  std::vector<cache::Entry> entries = orFatal(store->entries());
  size_t fine = 0, wrong = 0, skipped = 0;
  catchInterrupts();
  {
    Progress progress("verify", entries.size(), options.quiet);
    for (const cache::Entry &entry : entries) {
      if (interrupted())
        break;
      std::string name = entry.key.code.hex();
      progress.show(fine + wrong + skipped, name);
      auto contract = orFatal(store->findContract(entry.key.code));
      if (!contract || entry.key.compiler != cache::thisCompiler()) {
        ++skipped;
        continue;
      }
      try {
        auto artifact = orFatal(store->find(entry.key));
        if (!artifact)
          refuse("is not what was stored");
        verifier.check(*artifact, contract->bytes, name);
        ++fine;
      } catch (const Fatal &fatal) {
        fmt::print("{} {} {}: {}\n", name, entry.key.tier, entry.key.target, fatal.what());
        ++wrong;
      }
    }
  }
  fmt::print("{} artifacts are what their contracts compile to, {} are not; {} not looked at "
             "(without their contract, or made by another writ){}\n",
             fine, wrong, skipped, interrupted() ? "; interrupted" : "");
  if (interrupted())
    return ExitCode::Interrupted;
  return wrong ? ExitCode::BadInput : ExitCode::Ok;
}

void addVerify(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<Options>();
  CLI::App *sub = app.add_subcommand("verify", "Check that artifacts are what their contracts "
                                               "compile to");
  sub->footer(examples);
  sub->add_option("ARTIFACT MODULE", options->files, "An artifact and its .wasm module")
      ->expected(0, 2)
      ->type_name("");
  options->cache.addTo(*sub);
  options->artifact.addChecksTo(*sub);
  sub->add_flag("-q,--quiet", options->quiet, "Show no progress");
  sub->callback([options, &chosen] {
    if (options->files.size() == 1)
      throw CLI::ValidationError("an artifact needs its module behind it");
    chosen = [options] {
      Verifier verifier{options->artifact.compileOptions(), options->artifact.macKey()};
      return options->files.empty() ? verifyAll(*options, verifier)
                                    : verifyFile(*options, verifier);
    };
  });
}

} // namespace writ::cli
