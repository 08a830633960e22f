// Weights of 4 bits on their way to products of 8.
#pragma once

#include "activations.h"

namespace dragoman {
namespace {

typedef uint16_t pairs __attribute__((vector_size(64), aligned(64), may_alias));
typedef uint8_t bytes __attribute__((vector_size(64), aligned(64), may_alias));

INLINE const uint8_t* fours_of(const Matrix& w, int block) { return w.fours + size_t(block) * BLOCK * w.k / 2; }
INLINE const uint8_t* multipliers_of(const Matrix& w, int block) {
  return w.multipliers + size_t(block) * BLOCK * w.k / GROUP;
}

// The multipliers of a group of 64 outputs, each as often as it is used at once, and what 0 becomes by them. Two weights are multiplied at
// once: 14, the most above the least, times 18 stays within a byte.
struct Multipliers {
  pairs times[4];
  bytes zero[4];

  INLINED void read(const uint8_t* multipliers) {
    vu all = *reinterpret_cast<const vu*>(multipliers);
    for (int n = 0; n < 4; n++) {
      vu one = all >> 8 * n & 0xff;
      times[n] = (pairs)(one | one << 16);
      zero[n] = (bytes)(times[n] * (MOST_OF_FOUR_BITS * 0x0101));
    }
  }

  // Of the lower halves of bytes.
  INLINED bytes weights(pairs fours, int n) const { return (bytes)((fours & 0x0f0f) * times[n]) - zero[n]; }
};

INLINE pairs pairs_at(const uint8_t* fours) { return *reinterpret_cast<const pairs*>(fours); }

// So many groups of 64 outputs, [inputs / 4][64][4] in 8 bits; meanwhile what is so many bytes ahead is fetched.
INLINE void unpack(const uint8_t* fours, const uint8_t* multipliers, int groups, size_t ahead, int8_t* to) {
  Multipliers group;
  for (; groups > 0; groups--, multipliers += BLOCK) {
    group.read(multipliers);
    for (int i = 0; i < GROUP; i += 8, fours += 4 * BLOCK, to += 8 * BLOCK) {
      for (int n = 0; n < 4; n++) {
        __builtin_prefetch(fours + ahead + n * BLOCK);
        pairs both = pairs_at(fours + n * BLOCK);
        *reinterpret_cast<bytes*>(to + n * BLOCK) = group.weights(both, n);
        *reinterpret_cast<bytes*>(to + 4 * BLOCK + n * BLOCK) = group.weights(both >> 4, n);
      }
    }
  }
}

// All of a block, while the next one is fetched.
__attribute__((noinline)) void unpack_block(const Matrix& w, int block, int8_t* to) {
  unpack(fours_of(w, block), multipliers_of(w, block), w.k / GROUP, size_t(w.k) / 2 * BLOCK, to);
}

// As far as memory is behind.
constexpr int AHEAD = 4096;

#if defined(__AVX512VNNI__)

// Rows whose sums have room beside the multipliers.
constexpr int ROWS_OF_FOURS = 4;
// For so many it is still faster to unpack twice than to put the weights down in between.
constexpr int MOST_ROWS_OF_FOURS = 2 * ROWS_OF_FOURS;

// M rows times 64 outputs, whose weights are unpacked on their way.
template <int M>
INLINE void rows_times_fours(const Quantised& x, int first, const Matrix& w, int block, const int32_t* shift, int32_t* c) {
  const uint8_t* fours = fours_of(w, block);
  const uint8_t* multipliers = multipliers_of(w, block);
  __m512i sums[M][4];
  const uint8_t* a[M];
  for (int m = 0; m < M; m++) {
    for (int n = 0; n < 4; n++) sums[m][n] = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_load_si512(shift + n * LANES));
    a[m] = x.at(first + m);
  }
  Multipliers group;
  for (int tile = 0; tile < x.k; tile += BLOCK) {
    for (int begin = 0; begin < BLOCK; begin += GROUP, multipliers += BLOCK) {
      group.read(multipliers);
      for (int at = begin; at < begin + GROUP; at += 8, fours += 4 * BLOCK) {
        __m512i before[M], after[M];
        for (int m = 0; m < M; m++) {
          int32_t four[2];
          memcpy(four, a[m] + at, sizeof(four));
          before[m] = _mm512_set1_epi32(four[0]);
          after[m] = _mm512_set1_epi32(four[1]);
        }
        for (int n = 0; n < 4; n++) {
          _mm_prefetch(reinterpret_cast<const char*>(fours) + AHEAD + n * BLOCK, _MM_HINT_T0);
          pairs both = pairs_at(fours + n * BLOCK);
          __m512i lower = (__m512i)group.weights(both, n), upper = (__m512i)group.weights(both >> 4, n);
          for (int m = 0; m < M; m++) {
            sums[m][n] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(sums[m][n], before[m], lower), after[m], upper);
          }
        }
      }
    }
    for (int m = 0; m < M; m++) a[m] += NEXT;
  }
  for (int m = 0; m < M; m++) {
    for (int n = 0; n < 4; n++) _mm512_store_si512(c + m * BLOCK + n * LANES, sums[m][n]);
  }
}

INLINE void few_rows_of_fours(const Quantised& x, int first, int m, const Matrix& w, int block, const int32_t* shift, int32_t* c) {
  for (int r = 0; r < m; r += ROWS_OF_FOURS) {
    int32_t* to = c + r * BLOCK;
    switch (m - r) {
      case 1: rows_times_fours<1>(x, first + r, w, block, shift, to); break;
      case 2: rows_times_fours<2>(x, first + r, w, block, shift, to); break;
      case 3: rows_times_fours<3>(x, first + r, w, block, shift, to); break;
      default: rows_times_fours<4>(x, first + r, w, block, shift, to);
    }
  }
}

#endif

#if defined(__AMX_INT8__)

// 16 rows times 64 outputs; a tile's weights are unpacked while the tiles before are multiplied.
template <class Meanwhile>
INLINE void tiles_of_16_fours(const uint8_t* a, const Matrix& w, int block, int32_t* c, Meanwhile& meanwhile) {
  constexpr int GROUPS = BLOCK / GROUP, STRIDE = 4 * BLOCK;
  alignas(64) int8_t unpacked[2][BLOCK * BLOCK];
  const uint8_t* fours = fours_of(w, block);
  const uint8_t* multipliers = multipliers_of(w, block);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  unpack(fours, multipliers, GROUPS, AHEAD, unpacked[0]);
  for (int tile = 0; tile < w.k / BLOCK; tile++, a += NEXT) {
    const int8_t* now = unpacked[tile % 2];
    _tile_loadd(4, a, BLOCK);
    _tile_loadd(5, now, STRIDE);
    _tile_dpbssd(0, 4, 5);
    _tile_loadd(6, now + 64, STRIDE);
    _tile_dpbssd(1, 4, 6);
    _tile_loadd(7, now + 128, STRIDE);
    _tile_dpbssd(2, 4, 7);
    _tile_loadd(5, now + 192, STRIDE);
    _tile_dpbssd(3, 4, 5);
    if (tile + 1 < w.k / BLOCK) {
      fours += BLOCK * BLOCK / 2;
      multipliers += GROUPS * BLOCK;
      unpack(fours, multipliers, GROUPS, AHEAD, unpacked[1 - tile % 2]);
    }
    meanwhile.step();
  }
  _tile_stored(0, c, STRIDE);
  _tile_stored(1, c + 16, STRIDE);
  _tile_stored(2, c + 32, STRIDE);
  _tile_stored(3, c + 48, STRIDE);
}

#endif

// Rows times a block of weights in 4 bits -> c [m, 64]; false for rows that have the block unpacked before.
template <class Meanwhile>
INLINE bool product_of_fours(
    const Quantised& x, int first, int m, const Matrix& w, int block, const int32_t* shift, int32_t* c, Meanwhile& meanwhile) {
#if defined(__AMX_INT8__)
  if (x.tiles && m <= TILE_ROWS) {
    tiles_of_16_fours(x.at(first), w, block, c, meanwhile);
    return true;
  }
#endif
#if defined(__AVX512VNNI__)
  if (!x.tiles && m <= MOST_ROWS_OF_FOURS) {
    few_rows_of_fours(x, first, m, w, block, shift, c);
    return true;
  }
#endif
  (void)x, (void)first, (void)m, (void)w, (void)block, (void)shift, (void)c, (void)meanwhile;
  return false;
}

}  // namespace
}  // namespace dragoman
