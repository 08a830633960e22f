// The threads that help with steps: one team for the whole process, so that however many sessions there are, no more threads run than
// processors.

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "network.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dragoman {
namespace {

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

using Clock = std::chrono::steady_clock;

// Parts of a step follow one another within some tens of microseconds; a helper that slept in between would always come late.
constexpr std::chrono::microseconds AWAKE(100);
// Whoever waits for a helper that the system has put aside lets it have the processor.
constexpr std::chrono::microseconds PATIENCE(20);

// As if all had been handed out.
constexpr uint32_t NOTHING = 0xffffffff;

class Team {
 public:
  // Work is handed out by whoever is free: a helper that comes late, or not at all, delays nothing.
  void run(int lanes, int count, int grain, Work work, void* context) {
    std::unique_lock<std::mutex> turn(busy, std::try_to_lock);
    if (!turn.owns_lock()) {
      // Another session has the helpers, and with them the other processors.
      work(context, 0, 0, count);
      return;
    }
    hire(lanes - 1);
    // A helper that still looks for parts of the last job is not to take parts of it by the numbers of this one.
    uint32_t number = uint32_t(state.load(std::memory_order_relaxed) >> 32) + 1;
    state.store(uint64_t(number - 1) << 32 | NOTHING);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    job.work.store(work, std::memory_order_relaxed);
    job.context.store(context, std::memory_order_relaxed);
    job.count.store(count, std::memory_order_relaxed);
    job.grain.store(grain, std::memory_order_relaxed);
    job.lanes.store(lanes, std::memory_order_relaxed);
    done.store(0, std::memory_order_relaxed);
    state.store(uint64_t(number) << 32);
    if (sleeping.load() > 0) {
      { std::lock_guard<std::mutex> lock(mutex); }
      wake.notify_all();
    }
    take(0, number);
    Clock::time_point begin;
    for (int spins = 0; done.load(std::memory_order_acquire) < count; spins++) {
      pause();
      if (spins % 64 == 63) {
        Clock::time_point now = Clock::now();
        if (spins == 63) {
          begin = now;
        } else if (now - begin > PATIENCE) {
          sched_yield();
        }
      }
    }
  }

 private:
  // Takes parts of this job until there are none.
  void take(int lane, uint32_t number) {
    while (true) {
      uint64_t seen = state.load(std::memory_order_acquire);
      int count = job.count.load(std::memory_order_relaxed), grain = job.grain.load(std::memory_order_relaxed);
      Work work = job.work.load(std::memory_order_relaxed);
      void* context = job.context.load(std::memory_order_relaxed);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (uint32_t(seen >> 32) != number || uint32_t(seen) >= uint32_t(count)) return;
      int begin = int(uint32_t(seen));
      int end = count - begin < grain ? count : begin + grain;
      // While a part is to be had, the job is still this one, and so is all that was read of it.
      if (!state.compare_exchange_weak(seen, uint64_t(number) << 32 | uint32_t(end), std::memory_order_acq_rel)) continue;
      work(context, lane, begin, end);
      done.fetch_add(end - begin, std::memory_order_release);
    }
  }

  void hire(int wanted) {
    if (helpers >= wanted) return;
    // Signals are for the virtual machine's threads.
    sigset_t none, before;
    sigfillset(&none);
    pthread_sigmask(SIG_SETMASK, &none, &before);
    try {
      for (; helpers < wanted; helpers++) std::thread(&Team::help, this, helpers + 1).detach();
    } catch (const std::system_error&) {
      // No more threads to be had: those that there are will do.
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void help(int lane) {
    uint32_t last = 0;
    Clock::time_point since = Clock::now();
    for (int spins = 0;; spins++) {
      uint32_t number = uint32_t(state.load(std::memory_order_acquire) >> 32);
      if (number != last) {
        last = number;
        if (lane < job.lanes.load(std::memory_order_relaxed)) take(lane, number);
        since = Clock::now();
        spins = 0;
        continue;
      }
      pause();
      if (spins % 64 == 63 && Clock::now() - since > AWAKE) {
        std::unique_lock<std::mutex> lock(mutex);
        sleeping.fetch_add(1);
        wake.wait(lock, [&] { return uint32_t(state.load() >> 32) != last; });
        sleeping.fetch_sub(1);
        since = Clock::now();
      }
    }
  }

  struct {
    std::atomic<Work> work{nullptr};
    std::atomic<void*> context{nullptr};
    std::atomic<int> count{0}, grain{1}, lanes{0};
  } job;
  // The job's number above, how much of it has been handed out below.
  alignas(64) std::atomic<uint64_t> state{0};
  alignas(64) std::atomic<int> done{0};
  alignas(64) std::atomic<int> sleeping{0};
  std::mutex busy, mutex;
  std::condition_variable wake;
  int helpers = 0;
};

std::atomic<int> at_work{0};

}  // namespace

AtWork::AtWork() : first(at_work.fetch_add(1, std::memory_order_relaxed) == 0) {}
AtWork::~AtWork() { at_work.fetch_sub(1, std::memory_order_relaxed); }

void share(int lanes, int count, int grain, Work work, void* context) {
  // Never destroyed: helpers may be asleep in it when the process ends.
  static Team& team = *new Team();
  team.run(lanes, count, grain, work, context);
}

}  // namespace dragoman
