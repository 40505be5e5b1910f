//===- Completion.cpp - writ completion: scripts for shells ---------------===//
//
// Made from the options as they are, so the scripts cannot be out of date.
//
//===----------------------------------------------------------------------===//
#include "tools/writ/Choices.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

static constexpr const char *examples = R"(Prints a script on standard output.

Examples:
  source <(writ completion bash)
  writ completion zsh > "${fpath[1]}/_writ"
  writ completion fish > ~/.config/fish/completions/writ.fish
)";

static std::vector<const CLI::App *> subcommandsOf(const CLI::App &app) {
  return app.get_subcommands([](const CLI::App *) { return true; });
}

static std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Descriptions go between single quotes.
static std::string quoted(std::string text) {
  size_t at = 0;
  while ((at = text.find('\'', at)) != std::string::npos)
    text.replace(std::exchange(at, at + 4), 1, "'\\''");
  return "'" + text + "'";
}

static bool takesValue(const CLI::Option &option) { return option.get_items_expected_max() > 0; }

/// Those of no group are for writ itself.
static std::vector<const CLI::Option *> optionsOf(const CLI::App &app) {
  std::vector<const CLI::Option *> options;
  for (const CLI::Option *option : app.get_options())
    if (!option->get_group().empty())
      options.push_back(option);
  return options;
}

static bool isOption(const CLI::Option &option) { return option.nonpositional(); }

static std::vector<std::string> namesOf(const CLI::Option &option) {
  std::vector<std::string> names;
  for (const std::string &name : option.get_snames())
    names.push_back("-" + name);
  for (const std::string &name : option.get_lnames())
    names.push_back("--" + name);
  return names;
}

/// The words of an option, found by any of its names.
static std::vector<std::string> wordsOf(const CLI::Option &option) {
  for (const std::string &name : namesOf(option))
    if (auto words = choices(name); !words.empty())
      return words;
  return choices(option.get_name());
}

/// A schedule is a word or a file.
static bool takesFiles(const CLI::Option &option) {
  return wordsOf(option).empty() || option.get_name().starts_with("--schedule");
}

/// `$prev` cases for options with words, then what can come next.
static std::string bashCase(const CLI::App &sub) {
  std::string options, values, words;
  for (const CLI::Option *option : optionsOf(sub)) {
    if (!isOption(*option)) {
      words += joined(wordsOf(*option));
      continue;
    }
    options += (options.empty() ? "" : " ") + joined(namesOf(*option));
    if (auto list = wordsOf(*option); !list.empty())
      values +=
          fmt::format("      {}) COMPREPLY=($(compgen {}-W \"{}\" -- \"$cur\")); return ;;\n",
                      joined(namesOf(*option)), takesFiles(*option) ? "-f " : "", joined(list));
  }
  std::string text = fmt::format("  {})\n", sub.get_name());
  if (!values.empty())
    text += fmt::format("    case $prev in\n{}    esac\n", values);
  return text + fmt::format("    options=\"{}\" words=\"{}\" ;;\n", options, words);
}

static std::string bash(const CLI::App &app) {
  std::string names, cases;
  for (const CLI::App *sub : subcommandsOf(app)) {
    names += sub->get_name() + " ";
    cases += bashCase(*sub);
  }
  return fmt::format(R"(# bash completion of writ
_writ() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} options= words=
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "{}--help --version" -- "$cur"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
    compopt -o filenames 2>/dev/null
  fi
}}
complete -F _writ writ
)",
                     names, cases);
}

static std::string zshOption(const CLI::Option &option) {
  std::string text;
  std::string description = option.get_description();
  // What these mean in a specification of _arguments is not meant.
  std::replace(description.begin(), description.end(), '[', '(');
  std::replace(description.begin(), description.end(), ']', ')');
  std::replace(description.begin(), description.end(), ':', ' ');
  for (const std::string &name : namesOf(option)) {
    std::string spec = fmt::format("{}[{}]", name, description);
    if (takesValue(option)) {
      std::string words = joined(wordsOf(option));
      spec += words.empty()        ? ":value:_files"
              : takesFiles(option) ? fmt::format(":value:{{compadd {}; _files}}", words)
                                   : fmt::format(":value:({})", words);
    }
    text += fmt::format("        {} \\\n", quoted(spec));
  }
  return text;
}

static std::string zshCase(const CLI::App &sub) {
  std::string specs, words;
  for (const CLI::Option *option : optionsOf(sub)) {
    if (isOption(*option))
      specs += zshOption(*option);
    else
      words += joined(wordsOf(*option));
  }
  std::string rest = words.empty() ? "'*:file:_files'" : fmt::format("'*:word:({})'", words);
  return fmt::format("    {})\n      _arguments \\\n{}        {} ;;\n", sub.get_name(), specs,
                     rest);
}

static std::string zsh(const CLI::App &app) {
  std::string names, cases;
  for (const CLI::App *sub : subcommandsOf(app)) {
    names += fmt::format("      {}\n", quoted(sub->get_name() + ":" + sub->get_description()));
    cases += zshCase(*sub);
  }
  return fmt::format(R"(#compdef writ
_writ() {{
  if ((CURRENT == 2)); then
    local -a subcommands=(
{}    )
    _describe 'subcommand' subcommands
    return
  fi
  local subcommand=$words[2]
  shift words
  ((CURRENT--))
  case $subcommand in
{}  esac
}}
if [ "$funcstack[1]" = "_writ" ]; then _writ "$@"; else compdef _writ writ; fi
)",
                     names, cases);
}

static std::string fishOption(const std::string &sub, const CLI::Option &option) {
  std::string text = fmt::format("complete -c writ -n '__fish_seen_subcommand_from {}'", sub);
  for (const std::string &name : option.get_snames())
    text += " -s " + name;
  for (const std::string &name : option.get_lnames())
    text += " -l " + name;
  if (takesValue(option))
    text += takesFiles(option) ? " -r" : " -x";
  if (auto words = wordsOf(option); !words.empty())
    text += fmt::format(" -a {}", quoted(joined(words)));
  return text + fmt::format(" -d {}\n", quoted(option.get_description()));
}

static std::string fish(const CLI::App &app) {
  std::string text = "# fish completion of writ\n";
  for (const CLI::App *sub : subcommandsOf(app)) {
    text += fmt::format("complete -c writ -n __fish_use_subcommand -f -a {} -d {}\n",
                        sub->get_name(), quoted(sub->get_description()));
    for (const CLI::Option *option : optionsOf(*sub)) {
      if (isOption(*option))
        text += fishOption(sub->get_name(), *option);
      else if (auto words = wordsOf(*option); !words.empty())
        text += fmt::format("complete -c writ -n '__fish_seen_subcommand_from {}' -f -a {}\n",
                            sub->get_name(), quoted(joined(words)));
    }
  }
  return text;
}

void addCompletion(CLI::App &app, Command &chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App *sub = app.add_subcommand("completion", "Print a completion script for a shell");
  sub->footer(examples);
  sub->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember(choices("SHELL")))
      ->type_name("");
  sub->callback([&app, shell, &chosen] {
    chosen = [&app, shell] {
      fmt::print("{}", *shell == "bash" ? bash(app) : *shell == "zsh" ? zsh(app) : fish(app));
      return ExitCode::Ok;
    };
  });
}

} // namespace writ::cli
