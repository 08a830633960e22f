// Encoder.
#pragma once

#include "lstm.h"
#include "mixture.h"
#include "softmax.h"

namespace dragoman {
namespace {

// Sentences lie one after the other; 'order' has them longest first, so that those which have a step t are the first ones.
struct Sentences {
  int count;
  int positions;
  const int* begins;  // [count + 1]
  const int* order;
};

constexpr int MANY_SENTENCES = 24;

// Of those sentences that were active before, how many have a step t.
int active_at(const Sentences& sentences, int t, int active) {
  for (; active > 0; active--) {
    int last = sentences.order[active - 1];
    if (sentences.begins[last + 1] - sentences.begins[last] > t) break;
  }
  return active;
}

// Positions whose gates' inputs are computed together: rows enough for a product, few enough that they are still near when they are used.
constexpr int POSITIONS_AHEAD = 256;

// One direction of a layer over all positions: x [positions, stride] -> y [positions, y_stride] from 'column' on.
void lstm_sequence(
    const Lane& lane,
    const Lstm& layer,
    const Sentences& sentences,
    bool backward,
    const float* x,
    int stride,
    float* y,
    int y_stride,
    int column,
    bool adding) {
  int n = spaced(layer.recurrent.n), outputs = spaced(layer.outputs), cells = spaced(layer.cells);
  float* h = static_cast<float*>(lane.memory(HIDDEN_STATE, size_t(sentences.count) * outputs * sizeof(float)));
  float* cell = static_cast<float*>(lane.memory(CELL_STATE, size_t(sentences.count) * cells * sizeof(float)));
  memset(h, 0, size_t(sentences.count) * outputs * sizeof(float));
  memset(cell, 0, size_t(sentences.count) * cells * sizeof(float));
  // For few sentences the input's part is computed for several steps at once, so that its weights are read once for these. For many they are
  // worth reading for each step, and what is computed is used at once.
  bool ahead = sentences.count < MANY_SENTENCES;
  int room = ahead ? POSITIONS_AHEAD : sentences.count;
  int* places = static_cast<int*>(lane.memory(ACTIVE, room * sizeof(int)));
  const int* at = nullptr;
  float* ready = nullptr;
  int active = active_at(sentences, 0, sentences.count);
  for (int t = 0, known = 0; active > 0; active = active_at(sentences, ++t, active)) {
    if (t == known) {
      at = places;
      int positions = 0, next = active;
      do {
        for (int i = 0; i < next; i++) {
          int sentence = sentences.order[i];
          places[positions++] = backward ? sentences.begins[sentence + 1] - 1 - known : sentences.begins[sentence] + known;
        }
        next = active_at(sentences, ++known, next);
      } while (ahead && next > 0 && positions + next <= room);
      if (ahead) {
        Quantised q = quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, at, positions, layer.input[0].k);
        ready = static_cast<float*>(lane.memory(GATES_OF_INPUT, size_t(positions) * n * sizeof(float)));
        linear(lane, q, layer.input[0], positions, layer.bias, NONE, ready, n);
      }
    }
    Quantised recurrent = quantise(lane, RECURRENT_Q, RECURRENT_SCALE, h, outputs, nullptr, active, layer.recurrent.k);
    Placed in_place{cell, cells, nullptr};
    Part input{};
    if (!ahead) input = {quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, at, active, layer.input[0].k), &layer.input[0]};
    lstm_step(lane, layer, &input, ahead ? 0 : 1, {ready, n, nullptr}, recurrent, active, in_place, in_place, h, outputs);
    for (int i = 0; i < active; i++) {
      float* to = y + size_t(at[i]) * y_stride + column;
      const float* from = h + size_t(i) * outputs;
      if (adding) {
        for (int d = 0; d < layer.outputs; d++) to[d] += from[d];
      } else {
        memcpy(to, from, layer.outputs * sizeof(float));
      }
    }
    at += active;
    if (ahead) ready += size_t(active) * n;
  }
}

// Positions whose experts are computed together: each has an output of every one of its experts in between.
constexpr int MOST_MIXED = 1024;

void encode(Session& s, const int* ids, const int* lengths, int count, Source** into) {
  Network& net = *s.network;
  const Configuration& c = net.c;
  AtWork work;
  Lane lane = Lane::first(s, work);
  int* begins = static_cast<int*>(lane.memory(SENTENCES, size_t(2 * count + 1) * sizeof(int)));
  int* order = begins + count + 1;
  begins[0] = 0;
  for (int i = 0; i < count; i++) {
    begins[i + 1] = begins[i] + lengths[i];
    int at = i;
    for (; at > 0 && lengths[order[at - 1]] < lengths[i]; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  Sentences sentences{count, begins[count], begins, order};
  int m = sentences.positions;
  open_tiles();
  int widest = spaced(c.attention > c.width ? c.attention : c.width);
  for (int l = 0; l <= c.encoder_layers; l++) widest = widest > spaced(net.encoder_width[l]) ? widest : spaced(net.encoder_width[l]);
  float* x = static_cast<float*>(lane.memory(LAYER, size_t(m) * widest * sizeof(float)));
  float* y = static_cast<float*>(lane.memory(LAYER_2, size_t(m) * widest * sizeof(float)));
  embed(net, ids, m, x, spaced(c.width));
  for (int l = 0; l < c.encoder_layers; l++) {
    int stride = spaced(net.encoder_width[l]), next = spaced(net.encoder_width[l + 1]);
    memset(y, 0, size_t(m) * next * sizeof(float));
    lstm_sequence(lane, net.encoder[l], sentences, false, x, stride, y, next, 0, false);
    if (l < c.layers_both_ways) {
      bool summed = c.join == SUMMED;
      lstm_sequence(lane, net.encoder_back[l], sentences, true, x, stride, y, next, summed ? 0 : net.encoder[l].outputs, summed);
    }
    if (l + 1 >= c.residual_from) add(y, x, size_t(m) * next);
    float* spare = x;
    x = y;
    y = spare;
    if (net.encoder_mixture[l]) {
      int parts = (m + MOST_MIXED - 1) / MOST_MIXED, each = (m + parts - 1) / parts;
      for (int first = 0; first < m; first += each) {
        mixture_layer(lane, *net.encoder_mixture[l], x + size_t(first) * next, next, m - first < each ? m - first : each);
      }
    }
  }
  int width = padded(c.width);
  int stride = spaced(net.encoder_width[c.encoder_layers]);
  if (net.encoder_projected) {
    Quantised q = quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, net.encoder_projection.k);
    linear(lane, q, net.encoder_projection, m, nullptr, NONE, y, spaced(c.width));
    float* spare = x;
    x = y;
    y = spare;
    stride = spaced(c.width);
  }
  Quantised q = quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, net.keys.k);
  int size = padded(c.attention), spread = spaced(c.attention);
  float* keys = y;
  linear(lane, q, net.keys, m, nullptr, c.score == 0 ? TANH : NONE, keys, spread);
  for (int i = 0; i < count; i++) {
    into[i] = new_source(net, lengths[i]);
    for (int t = 0; t < lengths[i]; t++) {
      for (int d = 0; d < width; d += LANES) {
        to_bfloat16(into[i]->memory + size_t(t) * width + d, load(x + size_t(begins[i] + t) * stride + d));
      }
      for (int a = 0; a < size; a += LANES) {
        to_bfloat16(into[i]->keys + size_t(t) * size + a, load(keys + size_t(begins[i] + t) * spread + a));
      }
    }
  }
  close_tiles();
}

}  // namespace
}  // namespace dragoman
