//===- ProfileReport.cpp - Who took the gas and the time ------------------===//
#include "tools/writ/ProfileReport.h"

#include "jit/runtime/Instance.h"
#include "tools/writ/Describe.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::cli {

using Json = nlohmann::ordered_json;

/// The name of each function of the profile.
static std::vector<std::string> namesOf(const Profiler &profiler) {
  std::map<const Instance *, std::vector<std::string>> byInstance;
  std::vector<std::string> names;
  for (const Profiler::Function &function : profiler.functions()) {
    if (!function.instance) {
      names.push_back(function.name);
      continue;
    }
    auto [known, isNew] = byInstance.try_emplace(function.instance);
    if (isNew)
      known->second = functionNames(function.instance->module().info());
    names.push_back(known->second[function.index]);
  }
  return names;
}

/// By own gas, then own time; without those that did nothing.
static std::vector<size_t> orderOf(const Profiler &profiler) {
  auto all = profiler.functions();
  std::vector<size_t> order;
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].calls > 0 || all[i].selfGas > 0)
      order.push_back(i);
  std::ranges::sort(order, [&](size_t a, size_t b) {
    if (all[a].selfGas != all[b].selfGas)
      return all[a].selfGas > all[b].selfGas;
    if (all[a].selfNanoseconds != all[b].selfNanoseconds)
      return all[a].selfNanoseconds > all[b].selfNanoseconds;
    return a < b;
  });
  return order;
}

static std::string percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f} %", double(part) * 100 / double(whole));
}

static std::string milliseconds(uint64_t nanoseconds) {
  return fmt::format("{:.3f} ms", double(nanoseconds) / 1e6);
}

static constexpr const char *rowFormat = "{:>10} {:>20} {:>8} {:>20} {:>14} {:>14}  {}\n";

std::string profileTable(const Profiler &profiler, size_t maxRows) {
  auto all = profiler.functions();
  auto names = namesOf(profiler);
  auto order = orderOf(profiler);
  uint64_t gas = 0;
  for (const Profiler::Function &function : all)
    gas += function.selfGas;
  std::string text = fmt::format(rowFormat, "calls", "own gas", "share", "gas with calls",
                                 "own time", "with calls", "function");
  uint64_t otherGas = 0, otherTime = 0;
  for (size_t row = 0; row < order.size(); ++row) {
    const Profiler::Function &f = all[order[row]];
    if (row >= maxRows) {
      otherGas += f.selfGas;
      otherTime += f.selfNanoseconds;
      continue;
    }
    text += fmt::format(rowFormat, f.calls, f.selfGas, percent(f.selfGas, gas), f.totalGas,
                        milliseconds(f.selfNanoseconds), milliseconds(f.totalNanoseconds),
                        names[order[row]]);
  }
  if (order.size() > maxRows)
    text +=
        fmt::format(rowFormat, "", otherGas, percent(otherGas, gas), "", milliseconds(otherTime),
                    "", fmt::format("{} more", order.size() - maxRows));
  return text;
}

Json profileJson(const Profiler &profiler) {
  auto all = profiler.functions();
  auto names = namesOf(profiler);
  Json json = Json::array();
  for (size_t i : orderOf(profiler)) {
    const Profiler::Function &f = all[i];
    Json row = {{"function", names[i]}};
    if (f.instance)
      row["function_index"] = f.index;
    row["kind"] = f.instance ? "contract" : i == 0 ? "call" : "host";
    row["calls"] = f.calls;
    row["own_gas"] = f.selfGas;
    row["total_gas"] = f.totalGas;
    row["own_ns"] = f.selfNanoseconds;
    row["total_ns"] = f.totalNanoseconds;
    json.push_back(std::move(row));
  }
  return json;
}

std::string foldedStacks(const Profiler &profiler, std::string_view unit) {
  auto names = namesOf(profiler);
  // What separates in this format does not occur in a name.
  for (std::string &name : names)
    for (char &c : name)
      if (c == ';' || c == ' ' || static_cast<unsigned char>(c) < ' ')
        c = '_';
  std::string text;
  auto nodes = profiler.nodes();
  std::vector<uint32_t> way;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Profiler::Node &node = nodes[i];
    uint64_t weight = unit == "gas" ? node.gas : unit == "time" ? node.nanoseconds : node.calls;
    if (weight == 0)
      continue;
    way.clear();
    for (auto at = uint32_t(i); at != 0; at = nodes[at].parent)
      way.push_back(at);
    std::string line;
    for (size_t j = way.size(); j-- > 0;)
      line += (line.empty() ? "" : ";") + names[nodes[way[j]].function];
    text += fmt::format("{} {}\n", line.empty() ? names[0] : line, weight);
  }
  return text;
}

} // namespace writ::cli
