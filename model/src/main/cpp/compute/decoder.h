// Decoder.
#pragma once

#include "attention.h"
#include "lstm.h"
#include "mixture.h"
#include "softmax.h"

namespace dragoman {
namespace {

void add(float* x, const float* y, size_t n) {
  for (size_t i = 0; i < n; i += LANES) store(x + i, load(x + i) + load(y + i));
}

void step(Session& s, const int* ids, int top, int* best, float* log_probabilities, const Scored* scored) {
  Network& net = *s.network;
  const Configuration& c = net.c;
  AtWork work;
  Lane lane = Lane::first(s, work);
  int m = s.rows.count, width = padded(c.width), stride = spaced(c.width);
  size_t size = size_t(m) * stride;
  open_tiles();
  float* before = s.state[s.current];
  float* after = s.state[1 - s.current];
  int fed = state_offset(net, c.decoder_layers);
  float* input = static_cast<float*>(lane.memory(EMBEDDED, size * sizeof(float)));
  float* x = static_cast<float*>(lane.memory(LAYER, size * sizeof(float)));
  float* y = static_cast<float*>(lane.memory(LSTM_OUTPUT, size * sizeof(float)));
  float* context = static_cast<float*>(lane.memory(CONTEXT, size * sizeof(float)));
  embed(net, ids, m, input, stride);

  // The recurrent input of the first layer, also the query of the recurrent form.
  if (c.form == RECURRENT) {
    float* last = static_cast<float*>(lane.memory(LAYER_2, size * sizeof(float)));
    for (int r = 0; r < m; r++) {
      memcpy(last + size_t(r) * stride, before + size_t(s.rows.origin[r]) * s.stride, width * sizeof(float));
    }
    attend(lane, last, stride, m, context);
  }
  for (int l = 0; l < c.decoder_layers; l++) {
    const Lstm& layer = net.decoder[l];
    int offset = state_offset(net, l), cells = offset + padded(layer.outputs);
    const float* read = l == 0 ? input : x;
    Part parts[MOST_PARTS];
    int count = 0;
    parts[count] = {quantise(lane, QUANTISED, QUANTISED_SCALE, read, stride, nullptr, m, layer.input[0].k), &layer.input[0]};
    count++;
    if (layer.parts > 1) {
      bool from_state = l == 0 && c.form == INPUT_FEEDING;
      parts[count] = {
          from_state ? quantise(lane, QUANTISED_2, QUANTISED_SCALE_2, before + fed, s.stride, s.rows.origin, m, layer.input[1].k)
                     : quantise(lane, QUANTISED_2, QUANTISED_SCALE_2, context, stride, nullptr, m, layer.input[1].k),
          &layer.input[1]};
      count++;
    }
    Quantised recurrent =
        quantise(lane, RECURRENT_Q, RECURRENT_SCALE, before + offset, s.stride, s.rows.origin, m, layer.recurrent.k);
    lstm_step(
        lane,
        layer,
        parts,
        count,
        {nullptr, 0, nullptr},
        recurrent,
        m,
        {before + cells, s.stride, s.rows.origin},
        {after + cells, s.stride, nullptr},
        y,
        stride);
    for (int r = 0; r < m; r++) memcpy(after + size_t(r) * s.stride + offset, y + size_t(r) * stride, width * sizeof(float));
    if (l == 0 && c.form == INPUT_FEEDING) attend(lane, y, stride, m, context);
    if (l + 1 >= c.residual_from) add(y, read, size);
    float* spare = x;
    x = y;
    y = spare;
    if (l == 0 && c.form == PARALLEL) {
      attend(lane, x, stride, m, context);
      if (c.context_to == FIRST_LAYER) {
        Quantised q = quantise(lane, QUANTISED, QUANTISED_SCALE, context, stride, nullptr, m, net.context.k);
        linear(lane, q, net.context, m, nullptr, NONE, y, stride);
        add(x, y, size);
      }
    }
    if (net.decoder_mixture[l]) mixture_layer(lane, *net.decoder_mixture[l], x, stride, m);
  }
  if (c.form == INPUT_FEEDING) {
    for (int r = 0; r < m; r++) memcpy(after + size_t(r) * s.stride + fed, context + size_t(r) * stride, width * sizeof(float));
  }
  best_of_all(lane, x, context, stride, m, {nullptr, top, best, log_probabilities, scored});
  s.current = 1 - s.current;
  for (int r = 0; r < m; r++) s.rows.origin[r] = r;
  close_tiles();
}

}  // namespace
}  // namespace dragoman
