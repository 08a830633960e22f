// Activations in 8 bits.
#pragma once

#include "lanes.h"

namespace dragoman {
namespace {

#if defined(__AMX_INT8__)
// From so many rows on products go by tiles, which take signed numbers; fewer are done in one go by the other instructions, as fast as
// weights come.
constexpr int TILES_FROM = 9;
#else
constexpr int TILES_FROM = 1 << 30;
#endif

// Rows [m, k] of 8 bits, each with a scale: tile after tile, [m / 16][k / 64][16][64]. They are signed where products go by tiles, else 128
// above their value, as the other instructions want them.
struct Quantised {
  uint8_t* values;
  float* scale;
  int k;
  bool tiles;

  // Where 64 numbers of a row lie, those of the row's next part a tile further.
  uint8_t* at(int row) const {
    return values + size_t(row / TILE_ROWS) * TILE_ROWS * k + row % TILE_ROWS * BLOCK;
  }
};

constexpr int NEXT = TILE_ROWS * BLOCK;

INLINE size_t bytes_of(int m, int k) { return size_t(m + 2 * TILE_ROWS) * k; }

INLINE float quantise_row(const float* x, int k, uint8_t* q, int shift) {
  vf most = vf{};
  for (int i = 0; i < k; i += LANES) {
    vf v = load(x + i);
    most = greater(most, greater(v, -v));
  }
  float top = largest(most);
  float inverse = top > 0 ? 127.f / top : 0;
  for (int i = 0; i < k; i += BLOCK, q += NEXT) {
    for (int j = 0; j < BLOCK; j += LANES) {
      vi whole = (vi)(load(x + i + j) * inverse + ROUNDER) - 0x4B400000 + shift;
      *reinterpret_cast<vb*>(q + j) = __builtin_convertvector(whole, vb);
    }
  }
  return top / 127.f;
}

// Rows of floats: row r is at x + (index ? index[r] : r) * stride.
INLINE Quantised quantise(
    const Lane& lane, Buffer values, Buffer scales, const float* x, int stride, const int* index, int m, int k) {
  bool tiles = m >= TILES_FROM;
  Quantised q{
      static_cast<uint8_t*>(lane.memory(values, bytes_of(m, k))),
      static_cast<float*>(lane.memory(scales, m * sizeof(float))),
      k,
      tiles};
  parallel_rows(lane, m, [&](const Lane&, int from, int to) {
    for (int r = from; r < to; r++) {
      q.scale[r] = quantise_row(x + size_t(index ? index[r] : r) * stride, k, q.at(r), tiles ? 0 : 128);
    }
  });
  return q;
}

// A row from one batch to another, which may be of the other kind.
INLINE void copy_row(const Quantised& from, int row, const Quantised& to, int place) {
  const uint8_t* q = from.at(row);
  uint8_t* p = to.at(place);
  vu change = vu{} + (from.tiles == to.tiles ? 0u : 0x80808080u);
  for (int i = 0; i < from.k; i += BLOCK, q += NEXT, p += NEXT) {
    *reinterpret_cast<vu*>(p) = *reinterpret_cast<const vu*>(q) ^ change;
  }
  to.scale[place] = from.scale[row];
}

}  // namespace
}  // namespace dragoman
