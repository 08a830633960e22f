// What tests and measurements ask for: a product alone, and what one core can do at best.
#pragma once

#include "products.h"

namespace dragoman {
namespace {

// [m, padded inputs] floats times a matrix.
void product(Session& s, const float* x, int m, const Matrix& w, float* y) {
  Lane lane{s, 0, true};
  open_tiles();
  linear(lane, quantise(lane, QUANTISED, QUANTISED_SCALE, x, w.k, nullptr, m, w.k), w, m, nullptr, NONE, y, w.n);
  close_tiles();
}

double multiply() {
  constexpr int TIMES = 4096;
#if defined(__AMX_INT8__)
  open_tiles();
  for (int i = 0; i < TIMES; i++) {
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
  }
  close_tiles();
  return double(TIMES) * 4 * 16 * 16 * 64;
#elif defined(__AVX512VNNI__)
  __m512i sums[16];
  for (int i = 0; i < 16; i++) sums[i] = _mm512_setzero_si512();
  __m512i a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(-5);
  for (int t = 0; t < TIMES; t++) {
    for (int i = 0; i < 16; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
    __asm__ volatile("" : "+v"(a), "+v"(b));
  }
  for (int i = 0; i < 16; i++) __asm__ volatile("" : : "v"(sums[i]));
  return double(TIMES) * 16 * 64;
#else
  alignas(64) static int8_t panel[BLOCK * BLOCK];
  alignas(64) static int32_t shift[BLOCK];
  uint8_t values[TILE_ROWS * BLOCK] = {};
  float scale[1] = {};
  Quantised x{values, scale, BLOCK, false};
  alignas(64) int32_t c[BLOCK];
  for (int t = 0; t < TIMES / 64; t++) {
    few_rows(x, 0, 1, panel, shift, c);
    __asm__ volatile("" : : "r"(c) : "memory");
  }
  return double(TIMES / 64) * BLOCK * BLOCK;
#endif
}

int read(const char* from, size_t bytes) {
  vi total = vi{};
  for (size_t i = 0; i + 256 <= bytes; i += 256) {
    const vi* v = reinterpret_cast<const vi*>(from + i);
    __builtin_prefetch(from + i + 4096);
    __builtin_prefetch(from + i + 4160);
    __builtin_prefetch(from + i + 4224);
    __builtin_prefetch(from + i + 4288);
    total ^= v[0] ^ v[1] ^ v[2] ^ v[3];
  }
  int result = 0;
  for (int i = 0; i < LANES; i++) result ^= total[i];
  return result;
}

}  // namespace
}  // namespace dragoman
