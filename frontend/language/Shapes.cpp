#include "frontend/language/Shapes.h"
#include "frontend/language/Parser.h"

namespace tgc::language {

namespace {

Error wrong(std::string_view text, const std::string &why) {
  Error error{ErrorKind::Invalid, "'" + std::string(text.substr(0, 100)) + "' is no type: " + why, {}, 1, {}};
  error.notes.push_back(help("types are written like f64[4, 3]; a scalar is f64"));
  return error;
}

} // namespace

Result<TensorType> parseType(std::string_view text) {
  // The parser of programs knows all the rules, so the type is read as one of a parameter.
  if (text.find_first_of("(){}\n#") != std::string_view::npos || text.size() > 1000)
    return wrong(text, "it has other signs");
  auto source = std::make_shared<Source>("type", "fn f(x: " + std::string(text) + ") { return x }");
  auto ast = parseFile(source);
  if (!ast) {
    Error error = wrong(text, ast.error().message);
    error.kind = ast.error().kind;
    return error;
  }
  const Function &function = ast->functions[0];
  if (function.parameters.size() != 1) return wrong(text, "it has more than one");
  TensorType type{function.parameters[0].dtype, {}};
  for (const Extent &extent : function.parameters[0].extents) {
    if (extent.number < 0)
      return wrong(text, "extent " + std::string(ast->text(extent.span)) + " is no number");
    type.extents.push_back(extent.number);
  }
  return type;
}

} // namespace tgc::language
