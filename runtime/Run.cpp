// The way of a call: check, find addresses, run the steps. Nothing here allocates unless there is an error to
// tell.
#include "runtime/Run.h"
#include "runtime/Overlap.h"
#include "runtime/Steps.h"
#include <algorithm>

namespace tgc {
namespace {

bool fits(const Port &port, const View &view) {
  if (!view.valid() || view.dtype() != port.dtype || view.rank() != port.shape.rank()) return false;
  for (int axis = 0; axis < view.rank(); ++axis)
    if (view.extent(axis) != port.shape.extent(axis)) return false;
  return view.data() || view.elements() == 0;
}

Error misfit(const char *kind, std::size_t index, const Port &port, const View &view) {
  const std::string who = std::string(kind) + " " + std::to_string(index) + " (" + port.name + ")";
  if (auto checked = view.check(); !checked)
    return Error{ErrorKind::Invalid, who + ": " + checked.error().message};
  const std::string wanted = typeText(port.dtype, port.shape), given = view.typeText();
  if (wanted != given) return Error{ErrorKind::Invalid, who + " must be " + wanted + " but is " + given};
  return Error{ErrorKind::Invalid, who + " of type " + wanted + " has a null pointer"};
}

Error wrongCount(const char *kind, std::size_t wanted, std::size_t given) {
  return Error{ErrorKind::Invalid, "the function has " + std::to_string(wanted) + " " + kind + " but " +
                                       std::to_string(given) + (given == 1 ? " was given" : " were given")};
}

/// Elements that the program reads once for all indices of an axis must be one in the view too: packing would
/// have to choose.
Result<void> checkRepeats(const char *kind, std::size_t index, const Port &port, const View &view) {
  for (std::size_t axis = 0; axis < port.strides.size(); ++axis)
    if (port.strides[axis] == 0 && view.extent(int(axis)) > 1 && view.strideElements(int(axis)) != 0)
      return Error{ErrorKind::Invalid, std::string(kind) + " " + std::to_string(index) + " (" + port.name +
                                           ") is declared to repeat along axis " + std::to_string(axis) +
                                           ", but has stride " +
                                           std::to_string(view.strideElements(int(axis))) + " there"};
  return {};
}

/// Checks the views of one side and notes whether any is strided.
template <typename Views>
Result<void> checkPorts(const char *kind, const std::vector<Port> &ports, const Views &views, bool &strided) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (!fits(ports[i], views[i])) [[unlikely]]
      return misfit(kind, i, ports[i], views[i]);
    if (ports[i].holds(views[i])) continue;
    strided = true;
    if (auto checked = checkRepeats(kind, i, ports[i], views[i]); !checked) return checked;
  }
  return {};
}

class Held {
public:
  explicit Held(Workspace &workspace) : workspace(workspace), mine(workspace.acquire()) {}
  ~Held() {
    if (mine) workspace.release();
  }
  bool ok() const { return mine; }

private:
  Workspace &workspace;
  bool mine;
};

Result<void> checkWorkspace(const Program &program, Workspace &workspace, bool strided) {
  const std::int64_t needed = program.workspaceBytes();
  if (workspace.sizeBytes() < needed) [[unlikely]]
    return Error{ErrorKind::Invalid, "the function needs a workspace of " + std::to_string(needed) +
                                         " bytes but it has " + std::to_string(workspace.sizeBytes())};
  if (strided && !workspace.reserveTail(program.packBytes())) [[unlikely]]
    return Error{ErrorKind::Limit, "no memory for the " + std::to_string(program.packBytes()) +
                                       " bytes that strided arguments and results are packed into"};
  workspace.noteUse(needed + (strided ? program.packBytes() : 0));
  return {};
}

/// What a call keeps behind the arena; `callTableBytes` is its size.
struct CallTable {
  std::byte **bases;
  void **buffers;
  std::byte **nested;
  Interval *intervals;

  CallTable(const Program &program, Workspace &workspace)
      : bases(reinterpret_cast<std::byte **>(workspace.data() + (program.arenaBytes() + 63) / 64 * 64)),
        buffers(reinterpret_cast<void **>(bases + program.baseCount())),
        nested(reinterpret_cast<std::byte **>(buffers + program.mostBuffers())),
        intervals(reinterpret_cast<Interval *>(nested + program.nestedPointers())) {}
};

MutableView packedView(const Program &program, const Port &port, std::size_t index, Workspace &workspace) {
  std::byte *start = workspace.tail() + program.packOffset(index);
  if (port.strides.empty()) return MutableView(port.dtype, start, port.shape);
  return MutableView(port.dtype, start, port.shape, port.strides);
}

/// Fills the base pointers; strided arguments are packed, strided results get their place in the tail.
void bind(const Program &program, std::span<const View> arguments, std::span<const MutableView> results,
          Workspace &workspace, std::byte **bases) {
  std::size_t slot = 0;
  for (const View &view : arguments) {
    bases[slot] = static_cast<std::byte *>(const_cast<void *>(view.data()));
    const Port &port = program.arguments()[slot];
    if (!port.holds(view)) [[unlikely]] {
      const MutableView packed = packedView(program, port, slot, workspace);
      copyElements(view, packed);
      bases[slot] = static_cast<std::byte *>(packed.data());
    }
    ++slot;
  }
  for (const MutableView &view : results) {
    const Port &port = program.results()[slot - arguments.size()];
    bases[slot] = port.holds(view) ? static_cast<std::byte *>(view.data())
                                   : workspace.tail() + program.packOffset(slot);
    ++slot;
  }
  bases[slot] = workspace.data();
  bases[slot + 1] = nullptr;
}

void scatter(const Program &program, std::span<const MutableView> results, Workspace &workspace) {
  const std::size_t arguments = program.arguments().size();
  for (std::size_t i = 0; i < results.size(); ++i)
    if (!program.results()[i].holds(results[i]))
      copyElements(packedView(program, program.results()[i], arguments + i, workspace), results[i]);
}

} // namespace

std::int64_t callTableBytes(const Program &program) {
  const std::size_t ports = program.arguments().size() + program.results().size();
  return std::int64_t((program.baseCount() + program.mostBuffers() + program.nestedPointers()) *
                          sizeof(void *) +
                      ports * sizeof(Interval));
}

Result<void> run(const Program &program, std::span<const View> arguments,
                 std::span<const MutableView> results, Workspace &workspace, const RunOptions &options) {
  const std::vector<Port> &argumentPorts = program.arguments(), &resultPorts = program.results();
  if (arguments.size() != argumentPorts.size()) [[unlikely]]
    return wrongCount("arguments", argumentPorts.size(), arguments.size());
  if (results.size() != resultPorts.size()) [[unlikely]]
    return wrongCount("results", resultPorts.size(), results.size());
  if (options.threads < 0) [[unlikely]]
    return Error{ErrorKind::Invalid,
                 "threads is " + std::to_string(options.threads) + " but must be 0 (all cores) or more"};
  bool strided = false;
  if (auto checked = checkPorts("argument", argumentPorts, arguments, strided); !checked) return checked;
  if (auto checked = checkPorts("result", resultPorts, results, strided); !checked) return checked;
  const Held held(workspace);
  if (!held.ok()) [[unlikely]]
    return Error{ErrorKind::Invalid,
                 "the workspace is in use by another call; every concurrent call needs its own"};
  if (auto checked = checkWorkspace(program, workspace, strided); !checked) return checked;

  const CallTable table(program, workspace);
  if (auto checked = checkOverlap(program, arguments, results, table.intervals); !checked) return checked;
  bind(program, arguments, results, workspace, table.bases);
  if (auto done = runSteps({program, options, table.buffers, table.nested}, program.steps(), table.bases);
      !done) [[unlikely]]
    return done;
  if (strided) scatter(program, results, workspace);
  return {};
}

} // namespace tgc
