// Which variant of the arithmetic this processor runs.

#include <cstring>

#include "weights.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace dragoman {

extern const Variant generic;
#if defined(__x86_64__)
extern const Variant avx2, avx512, amx;
#elif defined(__aarch64__)
extern const Variant neon;
#endif

namespace {

#if defined(__x86_64__)
bool runs_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool runs_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

bool bit(unsigned leaf, unsigned subleaf, int reg, int bit) {
  unsigned r[4] = {leaf, 0, subleaf, 0};
  __asm__ volatile("cpuid" : "+a"(r[0]), "=b"(r[1]), "+c"(r[2]), "=d"(r[3]));
  return r[reg] >> bit & 1;
}

// Tiles have to be asked for: their state is large, and a process that never uses them does not carry it.
bool runs_amx() {
#if defined(__linux__)
  constexpr int ARCH_REQ_XCOMP_PERM = 0x1023, XTILEDATA = 18;
  return runs_avx512() && bit(7, 0, 3, 24) && bit(7, 0, 3, 25)
      && syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA) == 0;
#else
  return false;
#endif
}
#endif

#if defined(__aarch64__)
bool runs_neon() {
#if defined(__linux__)
  return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
#else
  return true;
#endif
}
#endif

bool runs_always() { return true; }

struct Candidate {
  const Variant* variant;
  bool (*runs)();
};

const Candidate CANDIDATES[] = {
#if defined(__x86_64__)
    {&amx, runs_amx},
    {&avx512, runs_avx512},
    {&avx2, runs_avx2},
#elif defined(__aarch64__)
    {&neon, runs_neon},
#endif
    {&generic, runs_always},
};

}  // namespace

const Variant* variant(const char* name) {
  for (const Candidate& candidate : CANDIDATES) {
    if ((!*name || std::strcmp(name, candidate.variant->name) == 0) && candidate.runs()) return candidate.variant;
  }
  return nullptr;
}

}  // namespace dragoman
