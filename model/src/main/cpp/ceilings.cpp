// What one core can do at best, by the instructions of a variant.

#include <sys/mman.h>

#include <ctime>
#include <cstring>
#include <new>

#include "weights.h"

namespace dragoman {
namespace {

double now() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

constexpr int TRIES = 5;

}  // namespace

double peak_operations(const Variant& variant) {
  double best = 0;
  for (int i = 0; i < 20 * TRIES; i++) {
    double begin = now(), done = 0;
    while (now() - begin < 2e-3) done += variant.multiply();
    double rate = 2 * done / (now() - begin);
    if (rate > best) best = rate;
  }
  return best;
}

double read_rate(const Variant& variant, size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  std::memset(memory, 1, bytes);
  double best = 0;
  volatile int kept = 0;
  double begin = now();
  for (int i = 0; i < TRIES || now() - begin < 1; i++) {
    double start = now();
    kept = kept ^ variant.read(static_cast<const char*>(memory), bytes);
    double rate = double(bytes) / (now() - start);
    if (rate > best) best = rate;
  }
  munmap(memory, bytes);
  return best;
}

}  // namespace dragoman
