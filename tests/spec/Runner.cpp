//===- Runner.cpp - Run a script in all variants in lock-step -------------===//
#include "tests/spec/Runner.h"

#include "tests/support/Files.h"

#include <fmt/format.h>

namespace writ::test {

void ScriptResults::add(const ScriptResults &other) {
  variants.resize(std::max(variants.size(), other.variants.size()));
  for (size_t i = 0; i < other.variants.size(); ++i)
    for (size_t kind = 0; kind < numCommandKinds; ++kind)
      variants[i][kind] += other.variants[i][kind];
  equal += other.equal;
  text += other.text;
  failures.insert(failures.end(), other.failures.begin(), other.failures.end());
}

/// The suite's texts and ours may differ in what follows: "uninitialized element 2".
static bool textMatches(std::string_view expected, std::string_view actual) {
  return expected.starts_with(actual) || actual.starts_with(expected);
}

static std::string judgeTrap(const Command &command, const CallOutcome &outcome) {
  if (!outcome.trapped())
    return "no trap; expected: " + command.text;
  std::string_view text = trapText(outcome.trap.kind);
  if (!textMatches(command.text, text))
    return fmt::format("trap '{}'; expected: {}", text, command.text);
  return {};
}

static std::string judgeReturn(const Command &command, const CallOutcome &outcome) {
  if (outcome.trapped())
    return fmt::format("trap '{}'; expected to return", trapText(outcome.trap.kind));
  if (command.kind != CommandKind::Return)
    return {};
  if (outcome.values.size() != command.expected.size())
    return fmt::format("{} results; expected {}", outcome.values.size(), command.expected.size());
  for (size_t i = 0; i < outcome.values.size(); ++i)
    if (!matches(command.expected[i], outcome.values[i]))
      return fmt::format(
          "result {} is {:#x}; expected {:#x}{}", i, outcome.values[i], command.expected[i].bits,
          command.expected[i].pattern == ScriptValue::Pattern::Exact ? "" : " (by pattern)");
  return {};
}

/// What is wrong with `reply`, or nothing.
static std::string judge(const Command &command, const Reply &reply) {
  switch (command.kind) {
  case CommandKind::Unlinkable:
    if (!reply.error)
      return "linked; expected: " + command.text;
    if (reply.error->kind != ErrorKind::Unlinkable ||
        reply.error->message.find(command.text) == std::string::npos)
      return fmt::format("'{}'; expected: {}", reply.error->message, command.text);
    return {};
  case CommandKind::Invalid:
  case CommandKind::Malformed:
    if (!reply.error)
      return "accepted; expected: " + command.text;
    // 2^32 locals are too many for the format, and before that for the policy.
    if (reply.error->kind == ErrorKind::Limit && command.text == "too many locals")
      return {};
    return reply.error->kind == ErrorKind::BadInput ? "" : reply.error->message;
  default:
    break;
  }
  if (reply.error)
    return reply.error->message;
  switch (command.kind) {
  case CommandKind::Trap:
  case CommandKind::Exhaustion:
  case CommandKind::Uninstantiable:
    return judgeTrap(command, reply.outcome);
  default:
    return judgeReturn(command, reply.outcome);
  }
}

namespace {

/// Runs the commands of one script.
class Runner {
public:
  Runner(std::span<const Variant> variants, const std::string &name)
      : variants(variants), name(name) {
    results.variants.resize(variants.size());
    for (const Variant &variant : variants)
      worlds.push_back(std::make_unique<World>(variant, *shippedSchedule("weighted")));
  }

  void run(const Command &command);
  ScriptResults take() { return std::move(results); }

private:
  std::vector<Reply> replies(const Command &command);
  std::vector<Reply> load(const Command &command);
  void compare(const Command &command, std::span<const Reply> replies);
  void fail(const Command &command, std::string_view where, const std::string &what) {
    results.failures.push_back(fmt::format("{}:{}: {}: {}", name, command.line, where, what));
  }

  std::span<const Variant> variants;
  std::string name;
  std::vector<std::unique_ptr<World>> worlds;
  ScriptResults results;
};

} // namespace

/// Reads, compiles and, if the command asks for it, instantiates a module.
std::vector<Reply> Runner::load(const Command &command) {
  std::vector<Reply> replies(worlds.size());
  Result<Bytes> bytes = readFile(command.file);
  Result<std::vector<VariantModule>> modules =
      bytes ? compileVariants(*bytes, variants, name) : bytes.error();
  for (size_t i = 0; i < worlds.size(); ++i) {
    if (!modules)
      replies[i].error = modules.error();
    else if (command.kind != CommandKind::Invalid && command.kind != CommandKind::Malformed)
      replies[i] = worlds[i]->instantiate((*modules)[i], command);
  }
  return replies;
}

std::vector<Reply> Runner::replies(const Command &command) {
  if (!command.file.empty())
    return load(command);
  std::vector<Reply> replies;
  for (const std::unique_ptr<World> &world : worlds)
    replies.push_back(world->act(command));
  return replies;
}

/// Result, trap, gas used, memories, tables and globals must be the same everywhere.
void Runner::compare(const Command &command, std::span<const Reply> replies) {
  std::vector<Observation> observations(replies.size());
  for (size_t i = 0; i < replies.size(); ++i) {
    const Reply &reply = replies[i];
    if (reply.error)
      observations[i].addError(*reply.error);
    else
      observations[i].addOutcome(reply.outcome, reply.types, reply.instance);
    worlds[i]->observe(observations[i], reply.instance);
  }
  ++results.equal.total;
  for (size_t i = 1; i < replies.size(); ++i) {
    std::string difference = Observation::difference(observations[0], observations[i]);
    if (!difference.empty())
      return fail(command, variants[i].name,
                  fmt::format("differs from {}: {}", variants[0].name, difference));
  }
  ++results.equal.passed;
}

void Runner::run(const Command &command) {
  if (command.kind == CommandKind::Register) {
    for (const std::unique_ptr<World> &world : worlds)
      world->registerModule(command);
    return;
  }
  if (command.isText) {
    ++results.text.total;
    if (isRefusedByWat2Wasm(command.file))
      ++results.text.passed;
    else
      fail(command, "wat2wasm", "accepted; expected: " + command.text);
    return;
  }
  std::vector<Reply> all = replies(command);
  for (size_t i = 0; i < all.size(); ++i) {
    std::string wrong = judge(command, all[i]);
    Tally &tally = results.variants[i][size_t(command.kind)];
    ++tally.total;
    if (wrong.empty())
      ++tally.passed;
    else
      fail(command, variants[i].name, wrong);
  }
  if (command.kind != CommandKind::Invalid && command.kind != CommandKind::Malformed)
    compare(command, all);
}

ScriptResults runScript(std::span<const Command> commands, std::span<const Variant> variants,
                        const std::string &name) {
  Runner runner(variants, name);
  for (const Command &command : commands)
    runner.run(command);
  return runner.take();
}

bool isRefusedByWat2Wasm(const std::string &path) {
  return runProgram({"wat2wasm", path, "-o", "/dev/null"}) != 0;
}

} // namespace writ::test
