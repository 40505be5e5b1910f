//===- Differential.cpp - Run a program in all ways and compare -----------===//
#include "tests/differential/Differential.h"

#include "tests/differential/Execution.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace writ::test {

void RunCounts::add(const RunCounts &other) {
  programs += other.programs;
  runs += other.runs;
  everyLimit += other.everyLimit;
  for (size_t i = 0; i < outcomes.size(); ++i)
    outcomes[i] += other.outcomes[i];
}

std::string RunCounts::text() const {
  std::string text = fmt::format("{} programs, {} of them at every gas limit, {} runs; calls: {} "
                                 "returned",
                                 programs, everyLimit, runs, outcomes[0]);
  for (size_t kind = 1; kind < outcomes.size(); ++kind)
    if (outcomes[kind])
      text += fmt::format(", {} {}", outcomes[kind], trapName(TrapKind(kind)));
  return text;
}

namespace {

/// The modules of a program as each variant runs them.
class Checker {
public:
  Checker(const GeneratedProgram &program, const CheckOptions &options, RunCounts &counts)
      : program(program), options(options), counts(counts) {}

  std::string check();

private:
  std::string compile();
  std::string compare(const ExecutionOptions &run, Execution *first = nullptr);
  std::string checkRepricing();
  std::string checkLimits(const Schedule &schedule, uint64_t cost, uint64_t steps);
  Execution executeVariant(size_t variant, const ExecutionOptions &run) {
    ++counts.runs;
    return execute(program, modules[variant], run);
  }

  const GeneratedProgram &program;
  const CheckOptions &options;
  RunCounts &counts;
  std::vector<std::vector<VariantModule>> modules; ///< By variant, then by module.
};

} // namespace

std::string Checker::compile() {
  std::span<const Variant> variants = allVariants();
  modules.resize(variants.size());
  for (const Bytes &bytes : program.modules) {
    Result<std::vector<VariantModule>> compiled = compileVariants(bytes, variants, "generated");
    if (!compiled)
      return "does not compile: " + compiled.error().message;
    for (size_t i = 0; i < variants.size(); ++i)
      modules[i].push_back((*compiled)[i]);
  }
  return {};
}

/// Runs all variants; the first one's run goes to `first`.
std::string Checker::compare(const ExecutionOptions &run, Execution *first) {
  Execution reference = executeVariant(0, run);
  for (size_t i = 1; i < modules.size(); ++i) {
    Execution other = executeVariant(i, run);
    if (other.observation == reference.observation)
      continue;
    return fmt::format("schedule {}, gas {}: {} against {}: {}", run.schedule->name, run.gas,
                       allVariants()[0].name, allVariants()[i].name,
                       Observation::difference(reference.observation, other.observation));
  }
  if (first)
    *first = std::move(reference);
  return {};
}

/// Instances switched to a schedule must do as those made with it.
std::string Checker::checkRepricing() {
  const Schedule &flat = *shippedSchedule("flat"), &weighted = *shippedSchedule("weighted");
  for (size_t i = 0; i < modules.size(); ++i) {
    ExecutionOptions made{maxGas - 1, &weighted, nullptr, true};
    ExecutionOptions switched{maxGas - 1, &flat, &weighted, true};
    made.gas = switched.gas = 10 * options.gas;
    Execution a = executeVariant(i, made), b = executeVariant(i, switched);
    if (a.observation != b.observation)
      return fmt::format("{}: made with a schedule against switched to it: {}",
                         allVariants()[i].name,
                         Observation::difference(a.observation, b.observation));
  }
  return {};
}

/// At `steps` + 1 limits from 0 to `cost`, or at every one if there are no more.
std::string Checker::checkLimits(const Schedule &schedule, uint64_t cost, uint64_t steps) {
  uint64_t count = std::min(cost, steps);
  for (uint64_t i = 0; i <= count; ++i) {
    ExecutionOptions run{count ? cost * i / count : 0, &schedule, nullptr, false};
    if (std::string wrong = compare(run); !wrong.empty())
      return wrong;
  }
  return {};
}

std::string Checker::check() {
  ++counts.programs;
  if (std::string wrong = compile(); !wrong.empty())
    return wrong;
  const Schedule &flat = *shippedSchedule("flat"), &weighted = *shippedSchedule("weighted");
  Execution first, firstWeighted;
  if (std::string wrong = compare({options.gas, &flat, nullptr, false}, &first); !wrong.empty())
    return wrong;
  for (TrapKind kind : first.outcomes)
    ++counts.outcomes[size_t(kind)];
  if (std::string wrong = compare({10 * options.gas, &weighted, nullptr, false}, &firstWeighted);
      !wrong.empty())
    return wrong;
  if (std::string wrong = checkRepricing(); !wrong.empty())
    return wrong;
  if (!options.everyLimit || first.mostGas > options.limitSteps)
    return {};
  ++counts.everyLimit;
  if (std::string wrong = checkLimits(flat, first.mostGas, options.limitSteps); !wrong.empty())
    return wrong;
  return checkLimits(weighted, firstWeighted.mostGas, options.limitSteps / 8);
}

std::string checkProgram(const GeneratedProgram &program, const CheckOptions &options,
                         RunCounts &counts) {
  return Checker(program, options, counts).check();
}

Bytes shrink(const Bytes &bytes, const GeneratorOptions &generator, const CheckOptions &options,
             double seconds) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                             std::chrono::duration<double>(seconds));
  RunCounts counts;
  auto fails = [&](const Bytes &candidate) {
    return !checkProgram(generateProgram(candidate, generator), options, counts).empty();
  };
  Bytes best = bytes;
  for (size_t size = bytes.size() / 2; size > 0 && Clock::now() < end;) {
    bool shorter = false;
    for (size_t at = best.size(); at > 0 && Clock::now() < end;) {
      at = at > size ? at - size : 0;
      Bytes candidate = best;
      candidate.erase(candidate.begin() + ptrdiff_t(at),
                      candidate.begin() + ptrdiff_t(std::min(at + size, candidate.size())));
      if (!fails(candidate))
        continue;
      best = std::move(candidate);
      shorter = true;
    }
    if (!shorter)
      size /= 2;
  }
  return best;
}

} // namespace writ::test
