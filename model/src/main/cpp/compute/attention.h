// Attention.
#pragma once

#include "products.h"

namespace dragoman {
namespace {

// A source's keys and memory come from far, so that few rows take a while.
constexpr int FEWEST_QUERIES = 1;

// Queries [m, stride] to contexts [m, stride]; keeps the weights, the mean over heads, in the session.
void attend(const Lane& lane, const float* x, int stride, int m, float* contexts) {
  Session& s = lane.session;
  Network& net = *s.network;
  Source* const* sources = s.rows.source;
  const Configuration& c = net.c;
  int size = padded(c.attention), width = padded(c.width);
  int spread = spaced(c.attention);
  Quantised q = quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, net.query.k);
  float* queries = static_cast<float*>(lane.memory(ATTENTION_QUERY, size_t(m) * spread * sizeof(float)));
  linear(lane, q, net.query, m, nullptr, NONE, queries, spread);
  int longest = 0;
  for (int r = 0; r < m; r++) longest = longest > sources[r]->length ? longest : sources[r]->length;
  int score_stride = (longest + LANES - 1) / LANES * LANES;
  float* kept = static_cast<float*>(lane.memory(ATTENTION_SCORES, size_t(m) * score_stride * sizeof(float)));
  s.attention = kept;
  s.attention_stride = score_stride;
  // Parts of a head begin where vectors need not, so several heads go number by number through what one does in vectors.
  int of_head = c.attention / c.heads, of_context = c.width / c.heads;
  parallel_rows(lane, m, [&](const Lane& one, int from_row, int to_row) {
    float* scores = static_cast<float*>(one.memory(ONE_ROW_SCORES, score_stride * sizeof(float)));
    for (int r = from_row; r < to_row; r++) {
      const Source& source = *sources[r];
      float* query = queries + size_t(r) * spread;
      float* context = contexts + size_t(r) * stride;
      float* weights = kept + size_t(r) * score_stride;
      memset(weights, 0, score_stride * sizeof(float));
      if (c.score == 0) {
        for (int a = 0; a < size; a += LANES) store(query + a, hyperbolic_tangent(load(query + a)) * load(net.score + a));
      }
      if (c.heads > 1) memset(context, 0, width * sizeof(float));
      for (int head = 0; head < c.heads; head++) {
        int from = c.heads == 1 ? 0 : head * of_head, to = c.heads == 1 ? size : from + of_head;
        for (int t = 0; t < source.length; t++) {
          const uint16_t* key = source.keys + size_t(t) * size;
          float score = 0;
          if (c.heads == 1) {
            vf y = vf{};
            for (int a = 0; a < size; a += LANES) {
              vf k = from_bfloat16(key + a);
              y += c.score == 0 ? load(query + a) * k : hyperbolic_tangent(load(query + a) + k) * load(net.score + a);
            }
            score = sum(y);
          } else {
            for (int a = from; a < to; a++) {
              uint32_t bits = uint32_t(key[a]) << 16;
              float k;
              memcpy(&k, &bits, 4);
              score += c.score == 0 ? query[a] * k : tanhf(query[a] + k) * net.score[a];
            }
          }
          scores[t] = score;
        }
        softmax(scores, source.length);
        for (int t = 0; t < source.length; t++) weights[t] += scores[t] / float(c.heads);
        if (c.heads == 1) {
          for (int d = 0; d < width; d += LANES) {
            vf y = vf{};
            for (int t = 0; t < source.length; t++) y += from_bfloat16(source.memory + size_t(t) * width + d) * scores[t];
            store(context + d, y);
          }
        } else {
          for (int t = 0; t < source.length; t++) {
            for (int d = head * of_context; d < (head + 1) * of_context; d++) {
              uint32_t bits = uint32_t(source.memory[size_t(t) * width + d]) << 16;
              float v;
              memcpy(&v, &bits, 4);
              context[d] += v * scores[t];
            }
          }
        }
      }
    }
  }, FEWEST_QUERIES);
}

}  // namespace
}  // namespace dragoman
