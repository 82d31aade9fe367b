// libFuzzer target: any bytes through the parser, the check of names, the printer and the messages.
#include "frontend/language/FunctionValue.h"
#include "frontend/language/Messages.h"
#include "frontend/language/Names.h"
#include "frontend/language/Parser.h"
#include "frontend/language/Print.h"
#include <cstdlib>

using namespace tgc::language;

namespace {

void show(const tgc::Error &error, const Source &source) {
  const Source *sources[] = {&source};
  std::string text = render(error, sources, true) + renderJson(error);
  if (text.empty()) std::abort();
}

/// What was printed must parse and print the same; only the limit on nesting may be met anew.
void checkPrinted(const Ast &ast) {
  std::string first = print(ast);
  auto again = parseFile(std::make_shared<Source>("printed", first));
  if (!again && again.error().kind == tgc::ErrorKind::Limit) return;
  if (!again || print(*again) != first) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static constexpr std::string_view operations[] = {"sum", "exp", "einsum", "zeros"};
  auto source = std::make_shared<Source>("fuzz.tg", std::string(reinterpret_cast<const char *>(data), size));
  auto expression = parseExpression(source);
  if (!expression) show(expression.error(), *source);
  auto file = parseFile(source);
  if (!file) {
    show(file.error(), *source);
    return 0;
  }
  checkPrinted(*file);
  if (auto error = checkNames(*file, operations)) show(*error, *source);
  if (!expression) return 0;
  auto value = resolveFunction({*file, file->functions.size()}, *expression, expression->expression);
  if (!value) show(value.error(), *source);
  return 0;
}
