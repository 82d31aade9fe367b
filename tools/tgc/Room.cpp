#include "tools/tgc/Room.h"

namespace tgc::tools {

Result<Room> roomFor(const Program &program) {
  Room room;
  for (const Port &port : program.results()) {
    auto made = Buffer::make(port.dtype, port.shape);
    if (!made) return made.error();
    room.results.push_back(std::move(*made));
  }
  room.space = Workspace(program.workspaceBytes());
  if (room.space.sizeBytes() < program.workspaceBytes())
    return Error{ErrorKind::Limit,
                 "no memory for " + std::to_string(program.workspaceBytes()) + " bytes of scratch",
                 {},
                 1,
                 {}};
  return room;
}

} // namespace tgc::tools
