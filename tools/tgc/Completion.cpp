// Completion scripts, made from the table of commands.
#include "tools/tgc/Commands.h"

namespace tgc::tools {

static std::string words(const CommandSpec &spec) {
  std::string out;
  for (const std::string &option : spec.options)
    out += "--" + option + "= ";
  for (const std::string &flag : spec.flags)
    out += "--" + flag + " ";
  return out;
}

std::string completionScript(const std::string &shell) {
  std::string names = "path help completion";
  for (const Command &command : commands())
    names += std::string(" ") + command.spec.name;
  if (shell == "bash" || shell == "zsh") {
    std::string out = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
    out += "_tgc() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" -eq 1 ]; then "
           "COMPREPLY=($(compgen -W \"" +
           names + "\" -- \"$word\")); return; fi\n  case ${COMP_WORDS[1]} in\n";
    for (const Command &command : commands())
      out += std::string("  ") + command.spec.name + ") COMPREPLY=($(compgen -W \"" + words(command.spec) +
             "\" -- \"$word\") $(compgen -f -- \"$word\"));;\n";
    return out + "  esac\n}\ncomplete -o nospace -F _tgc tgc\n";
  }
  if (shell != "fish") return "";
  std::string out = "complete -c tgc -n __fish_use_subcommand -f -a '" + names + "'\n";
  for (const Command &command : commands()) {
    for (const std::string &option : command.spec.options)
      out += std::string("complete -c tgc -n '__fish_seen_subcommand_from ") + command.spec.name + "' -l " +
             option + " -r\n";
    for (const std::string &flag : command.spec.flags)
      out += std::string("complete -c tgc -n '__fish_seen_subcommand_from ") + command.spec.name + "' -l " +
             flag + "\n";
  }
  return out;
}

} // namespace tgc::tools
