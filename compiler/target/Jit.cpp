#include "compiler/target/Jit.h"
#include "runtime/Calls.h"
#include "llvm/ExecutionEngine/Orc/CoreContainers.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

namespace tgc::target {
namespace {

namespace orc = llvm::orc;

Error internal(std::string message) { return Error{ErrorKind::Internal, std::move(message), {}, 1, {}}; }

/// Answers undefined names from the given routines and the table of runtime calls; notes the ones it does
/// not know.
class CallsGenerator : public orc::DefinitionGenerator {
public:
  CallsGenerator(std::shared_ptr<std::vector<std::string>> unknown, llvm::StringMap<void *> given)
      : unknown(std::move(unknown)), given(std::move(given)) {}

  llvm::Error tryToGenerate(orc::LookupState &, orc::LookupKind, orc::JITDylib &library,
                            orc::JITDylibLookupFlags, const orc::SymbolLookupSet &wanted) override {
    orc::SymbolMap found;
    for (const auto &[name, flags] : wanted) {
      if (auto routine = given.find(*name); routine != given.end())
        found[name] = {orc::ExecutorAddr::fromPtr(routine->second), llvm::JITSymbolFlags::Exported};
      else if (std::optional<void *> address = addressOf(std::string_view(*name)))
        found[name] = {orc::ExecutorAddr::fromPtr(*address), llvm::JITSymbolFlags::Exported};
      else
        unknown->push_back((*name).str());
    }
    return found.empty() ? llvm::Error::success() : library.define(orc::absoluteSymbols(std::move(found)));
  }

private:
  std::shared_ptr<std::vector<std::string>> unknown;
  llvm::StringMap<void *> given;
};

Error explain(llvm::Error error, const std::vector<std::string> &unknown) {
  std::string cause = llvm::toString(std::move(error));
  if (unknown.empty()) return internal("machine code does not link: " + cause);
  std::string names;
  for (const std::string &name : unknown)
    names += (names.empty() ? "" : ", ") + name;
  return internal("machine code calls names that runtime/Calls does not have: " + names);
}

} // namespace

Result<LoadedCode> load(std::vector<llvm::SmallVector<char, 0>> objects, llvm::ArrayRef<std::string> names,
                        const llvm::StringMap<void *> &given) {
  auto unknown = std::make_shared<std::vector<std::string>>();
  // Nothing of the process is visible to kernels, and they have no static constructors.
  auto jit = orc::LLJITBuilder()
                 .setLinkProcessSymbolsByDefault(false)
                 .setPlatformSetUp(orc::setUpInactivePlatform)
                 .create();
  if (!jit) return explain(jit.takeError(), *unknown);
  orc::LLJIT &linker = **jit;
  linker.getMainJITDylib().addGenerator(std::make_unique<CallsGenerator>(unknown, given));
  for (llvm::SmallVector<char, 0> &object : objects) {
    auto file = std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(object), "tgc", false);
    if (auto error = linker.addObjectFile(std::move(file))) return explain(std::move(error), *unknown);
  }

  // Errors reach us through the lookup's result; the session would print them as well.
  linker.getExecutionSession().setErrorReporter(
      [](llvm::Error error) { llvm::consumeError(std::move(error)); });
  orc::SymbolLookupSet wanted;
  for (const std::string &name : names)
    wanted.add(linker.mangleAndIntern(name));
  auto found = linker.getExecutionSession().lookup(orc::makeJITDylibSearchOrder(&linker.getMainJITDylib()),
                                                   std::move(wanted));
  if (!found) return explain(found.takeError(), *unknown);

  LoadedCode loaded;
  for (const std::string &name : names)
    loaded.addresses.push_back((*found)[linker.mangleAndIntern(name)].getAddress().toPtr<void *>());
  loaded.code =
      std::shared_ptr<void>(jit->release(), [](void *held) { delete static_cast<orc::LLJIT *>(held); });
  return loaded;
}

} // namespace tgc::target
