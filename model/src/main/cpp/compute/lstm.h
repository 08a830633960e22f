// LSTM.
#pragma once

#include "products.h"

namespace dragoman {
namespace {

// Where a step's rows are: row r of an array at base + index[r] * stride.
struct Placed {
  float* base;
  int stride;
  const int* index;  // null for r itself
  float* at(int r) const { return base + size_t(index ? index[r] : r) * stride; }
};

// Beyond these a gate is open or shut to the last digit; the products of three denominators stay numbers.
constexpr float SHUT = -28;

// With a = e^-i and so on, sigmoid(f) c + sigmoid(i) tanh(g) and sigmoid(o) tanh(c) are each one fraction, which takes one division.
INLINE vf next_cell(vf i, vf f, vf g, vf cell) {
  vf of_i = 1.f + power_of_two(greater(i, all(SHUT)) * -LOG2_E);
  vf of_f = 1.f + power_of_two(greater(f, all(SHUT)) * -LOG2_E);
  vf e = power_of_two(greater(g, all(SHUT / 2)) * (-2 * LOG2_E));
  vf both = of_i * (1.f + e);
  return (cell * both + (1.f - e) * of_f) * reciprocal(both * of_f);
}

INLINE vf output(vf o, vf cell) {
  vf of_o = 1.f + power_of_two(greater(o, all(SHUT)) * -LOG2_E);
  vf e = power_of_two(greater(cell, all(SHUT / 2)) * (-2 * LOG2_E));
  return (1.f - e) * reciprocal(of_o * (1.f + e));
}

// Rows ahead whose cells are fetched: they are far apart, and no processor guesses where the next ones are.
constexpr int CELLS_AHEAD = 8;

// One step of a layer. The input's part comes as products, or ready with the bias in it where 'ready' has a base. Outputs are written to h
// [m, stride].
void lstm_step(
    const Lane& lane,
    const Lstm& layer,
    const Part* inputs,
    int input_count,
    const Placed& ready,
    const Quantised& recurrent,
    int m,
    const Placed& cells_before,
    const Placed& cells_after,
    float* h,
    int h_stride) {
  Part parts[MOST_PARTS + 1];
  int count = 0;
  for (int i = 0; i < input_count; i++) parts[count++] = inputs[i];
  parts[count++] = {recurrent, &layer.recurrent};
  int width = padded(layer.cells);
  float* outputs = h;
  int stride = h_stride;
  if (layer.projected) {
    stride = spaced(layer.cells);
    outputs = static_cast<float*>(lane.memory(CELLS_OUT, size_t(m) * stride * sizeof(float)));
  }
  int blocks = layer.recurrent.n / BLOCK;
  parallel(lane, blocks, blocks_at_a_time(lane, parts, count, blocks), [&](const Lane& one, int from, int to) {
    products(one, parts, count, m, from, to, [&](int row, int local, int block, const Sums& sums) {
      if (row + CELLS_AHEAD < m) {
        __builtin_prefetch(cells_before.at(row + CELLS_AHEAD) + block * LANES);
        __builtin_prefetch(cells_after.at(row + CELLS_AHEAD) + block * LANES, 1);
      }
      vf gates[4];
      for (int g = 0; g < 4; g++) {
        int at = g * LANES;
        // In this order whether the input's part is ready or not: which it is depends on the company.
        vf given = ready.base ? load(ready.at(row) + block * BLOCK + at)
                              : scaled(parts, 0, count - 1, sums, row, local, block, at) + load(layer.bias + block * BLOCK + at);
        gates[g] = given + scaled(parts, count - 1, count, sums, row, local, block, at);
      }
      vf cell = next_cell(gates[0], gates[1], gates[2], load(cells_before.at(row) + block * LANES));
      store(cells_after.at(row) + block * LANES, cell);
      store(outputs + size_t(row) * stride + block * LANES, output(gates[3], cell));
    });
  });
  // Cells are written 16 at a time; what is beyond them up to the next whole block is read by products.
  if (blocks * LANES < width) {
    for (int r = 0; r < m; r++) {
      for (int i = blocks * LANES; i < width; i += LANES) store(outputs + size_t(r) * stride + i, vf{});
    }
  }
  if (layer.projected) {
    Quantised q = quantise(lane, QUANTISED_3, QUANTISED_SCALE_3, outputs, stride, nullptr, m, layer.projection.k);
    linear(lane, q, layer.projection, m, nullptr, NONE, h, h_stride);
  }
}

}  // namespace
}  // namespace dragoman
