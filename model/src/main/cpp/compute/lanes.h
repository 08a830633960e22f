// A step's work among the threads that take part.
#pragma once

#include "vectors.h"

namespace dragoman {
namespace {

// A tile is 16 rows of 64 bytes.
constexpr int TILE_ROWS = 16;

#if defined(__AMX_INT8__)

struct TileConfiguration {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {};
  uint8_t rows[16] = {};
};

INLINE void open_tiles() {
  TileConfiguration configuration;
  for (int i = 0; i < 8; i++) {
    configuration.bytes[i] = 64;
    configuration.rows[i] = TILE_ROWS;
  }
  // GCC's header tells the compiler that the first eight bytes are read, which may then leave out writing the others.
  __asm__ volatile("" : : "r"(&configuration) : "memory");
  _tile_loadconfig(&configuration);
}

// Other code of this thread may have tiles of its own.
INLINE void close_tiles() { _tile_release(); }

#else
INLINE void open_tiles() {}
INLINE void close_tiles() {}
#endif

// Who works: lane 0 is the caller, and may have the help of others as long as it is not one of several at work already.
struct Lane {
  Session& session;
  int index;
  bool leads;

  // Of the thread that begins a piece of work.
  static Lane first(Session& session, const AtWork& work) { return {session, 0, work.alone()}; }

  void* memory(Buffer which, size_t bytes) const { return scratch(session, which, bytes, index); }
  int lanes() const { return leads ? session.lanes : 1; }
};

// Parts of [0, count) so large that every lane gets about four, which evens out what others do to a processor, and no smaller than 'least'.
INLINE int at_a_time(const Lane& lane, int count, int least) {
  int part = (count + 4 * lane.lanes() - 1) / (4 * lane.lanes());
  return part > least ? part : least;
}

// Calls work(lane, begin, end) for all parts of [0, count), on several threads where there is more than one part.
template <class Task>
INLINE void parallel(const Lane& lane, int count, int part, const Task& task) {
  if (lane.lanes() == 1 || count <= part) {
    task(lane, 0, count);
    return;
  }
  struct Call {
    Session& session;
    const Task& task;
    static void run(void* call, int index, int begin, int end) {
      const Call& c = *static_cast<const Call*>(call);
      if (index > 0) open_tiles();
      c.task(Lane{c.session, index, false}, begin, end);
      if (index > 0) close_tiles();
    }
  } call{lane.session, task};
  share(lane.lanes(), count, part, &Call::run, &call);
}

// Calls task(lane, begin, end) for all of m rows: fewer than these are not worth sharing.
template <class Task>
INLINE void parallel_rows(const Lane& lane, int m, const Task& task, int fewest = 8) {
  parallel(lane, m, at_a_time(lane, m, fewest), task);
}

}  // namespace
}  // namespace dragoman
