// Mixture of experts.
#pragma once

#include "products.h"

namespace dragoman {
namespace {

struct Choice {
  int expert;
  float gate;
};

// logits[n] = x . gate, [n / 16][width][16]
void gate_logits(const float* x, const float* gate, int width, int n, float* logits) {
  for (int block = 0; block < n; block += LANES) {
    const float* w = gate + size_t(block) * width;
    vf even = vf{}, odd = vf{};
    int d = 0;
    for (; d + 1 < width; d += 2) {
      even += load(w + d * LANES) * x[d];
      odd += load(w + (d + 1) * LANES) * x[d + 1];
    }
    if (d < width) even += load(w + d * LANES) * x[d];
    store(logits + block, even + odd);
  }
}

// The k largest, ties to the lower place, and the softmax over them.
int top_k(const float* logits, int n, int k, Choice* choices) {
  int count = 0;
  for (int i = 0; i < n; i++) {
    if (count == k && !(logits[i] > choices[k - 1].gate)) continue;
    int at = count < k ? count++ : k - 1;
    for (; at > 0 && choices[at - 1].gate < logits[i]; at--) choices[at] = choices[at - 1];
    choices[at] = {i, logits[i]};
  }
  float most = choices[0].gate, total = 0;
  for (int i = 0; i < count; i++) total += choices[i].gate = expf(choices[i].gate - most);
  for (int i = 0; i < count; i++) choices[i].gate /= total;
  return count;
}

// Gates above their thresholds, made to sum to 1 (Shazeer et al. 2017, equations 16 and 19).
int over_thresholds(float* g, int n, const float* thresholds, Choice* choices) {
  softmax(g, n);
  int count = 0;
  float total = 0;
  for (int i = 0; i < n; i++) {
    if (g[i] > thresholds[i]) {
      choices[count++] = {i, g[i]};
      total += g[i];
    }
  }
  for (int i = 0; i < count; i++) choices[i].gate /= total;
  return count;
}

// The experts of one row, in ascending order.
int route(const Network& net, const Mixture& mixture, const float* x, float* logits, Choice* choices) {
  const Configuration& c = net.c;
  int groups = c.groups, each = groups > 0 ? c.experts / groups : c.experts;
  int count = 0;
  switch (c.gate_kind) {
    case SOFTMAX:
      gate_logits(x, mixture.gate, mixture.width, c.experts, logits);
      softmax(logits, c.experts);
      for (int e = 0; e < c.experts; e++) choices[count++] = {e, logits[e]};
      break;
    case NOISY:
      gate_logits(x, mixture.gate, mixture.width, c.experts, logits);
      count = top_k(logits, c.experts, c.per_row < c.experts ? c.per_row : c.experts, choices);
      break;
    case BALANCED:
      gate_logits(x, mixture.gate, mixture.width, c.experts, logits);
      count = over_thresholds(logits, c.experts, mixture.threshold, choices);
      break;
    default: {
      bool balanced = c.gate_kind == BALANCED_GROUPS;
      gate_logits(x, mixture.gate, mixture.width, groups, logits);
      Choice* outer = choices + c.experts;
      int chosen = balanced ? over_thresholds(logits, groups, mixture.threshold, outer)
                            : top_k(logits, groups, c.per_row < groups ? c.per_row : groups, outer);
      size_t size = size_t((each + LANES - 1) / LANES * LANES) * mixture.width;
      for (int g = 0; g < chosen; g++) {
        int group = outer[g].expert;
        gate_logits(x, mixture.inner + group * size, mixture.width, each, logits);
        Choice* inner = choices + count;
        int in_group = balanced ? over_thresholds(logits, each, mixture.inner_threshold + group * each, inner)
                                : top_k(logits, each, c.per_row < each ? c.per_row : each, inner);
        for (int i = 0; i < in_group; i++) {
          inner[i].expert += group * each;
          inner[i].gate *= outer[g].gate;
        }
        count += in_group;
      }
    }
  }
  for (int i = 1; i < count; i++) {
    Choice moved = choices[i];
    int at = i;
    for (; at > 0 && choices[at - 1].expert > moved.expert; at--) choices[at] = choices[at - 1];
    choices[at] = moved;
  }
  return count;
}

// Who computes which rows. Assignments of row r are at [r * per_row, r * per_row + counts[r]).
struct Assignments {
  int per_row;
  int* begins;   // [experts + 1]: of each expert's assignments among all
  int* places;   // [experts]: of its first row among those of all experts
  int* counts;   // [m]
  int* experts;  // [m, per_row]
  int* slots;    // which of its expert's rows it is
  float* gates;
};

Assignments room_for_assignments(const Lane& lane, const Configuration& c, int m) {
  int n = c.experts, k = c.per_row;
  int per_row = c.gate_kind == NOISY ? (k < n ? k : n) : c.gate_kind == NOISY_GROUPS ? k * k : n;
  size_t all = size_t(m) * per_row;
  int* memory = static_cast<int*>(lane.memory(ASSIGNED, (2 * n + 1 + m + 2 * all) * sizeof(int) + all * sizeof(float)));
  Assignments to;
  to.per_row = per_row;
  to.begins = memory;
  to.places = to.begins + n + 1;
  to.counts = to.places + n;
  to.experts = to.counts + m;
  to.slots = to.experts + all;
  to.gates = reinterpret_cast<float*>(to.slots + all);
  return to;
}

// A gate of many experts takes as long as many other passes over a row.
constexpr int FEWEST_ROUTED = 2;

Assignments assign(const Lane& lane, const Mixture& mixture, const float* x, int stride, int m) {
  const Network& net = *lane.session.network;
  int n = net.c.experts;
  Assignments to = room_for_assignments(lane, net.c, m);
  parallel_rows(lane, m, [&](const Lane& one, int from, int until) {
    float* logits = static_cast<float*>(one.memory(ROUTING, (n + LANES) * sizeof(float) + 2 * n * sizeof(Choice)));
    Choice* choices = reinterpret_cast<Choice*>(logits + n + LANES);
    for (int r = from; r < until; r++) {
      int count = to.counts[r] = route(net, mixture, x + size_t(r) * stride, logits, choices);
      for (int i = 0; i < count; i++) {
        to.experts[size_t(r) * to.per_row + i] = choices[i].expert;
        to.gates[size_t(r) * to.per_row + i] = choices[i].gate;
      }
    }
  }, FEWEST_ROUTED);
  memset(to.begins, 0, (n + 1) * sizeof(int));
  for (int r = 0; r < m; r++) {
    for (int i = 0; i < to.counts[r]; i++) {
      size_t at = size_t(r) * to.per_row + i;
      to.slots[at] = to.begins[to.experts[at] + 1]++;
    }
  }
  // Each expert's rows begin with a tile.
  int rows = 0;
  for (int e = 0; e < n; e++) {
    to.places[e] = rows;
    rows += (to.begins[e + 1] + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
    to.begins[e + 1] += to.begins[e];
  }
  return to;
}

// x [m, stride] becomes x + mixture(x).
void mixture_layer(const Lane& lane, Mixture& mixture, float* x, int stride, int m) {
  Network& net = *lane.session.network;
  int n = net.c.experts;
  int width = padded(mixture.width), spread = spaced(mixture.width);
  Quantised q = quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, width);
  Assignments assigned = assign(lane, mixture, x, stride, m);
  int room_for_rows = assigned.places[n - 1] + (assigned.begins[n] - assigned.begins[n - 1]) + TILE_ROWS;
  uint8_t* values = static_cast<uint8_t*>(lane.memory(EXPERT_ROWS, bytes_of(room_for_rows, width)));
  float* scales = static_cast<float*>(lane.memory(EXPERT_SCALE, room_for_rows * sizeof(float)));
  float* out = static_cast<float*>(lane.memory(EXPERT_OUT, size_t(assigned.begins[n]) * spread * sizeof(float)));
  auto rows_of = [&](int e) {
    bool tiles = assigned.begins[e + 1] - assigned.begins[e] >= TILES_FROM;
    return Quantised{values + size_t(assigned.places[e]) * width, scales + assigned.places[e], width, tiles};
  };
  parallel_rows(lane, m, [&](const Lane&, int from, int until) {
    for (int r = from; r < until; r++) {
      for (int i = 0; i < assigned.counts[r]; i++) {
        size_t at = size_t(r) * assigned.per_row + i;
        copy_row(q, r, rows_of(assigned.experts[at]), assigned.slots[at]);
      }
    }
  });
  int* visited = static_cast<int*>(lane.memory(ORDER, n * sizeof(int)));
  int visits = 0;
  for (int e = 0; e < n; e++) {
    if (assigned.begins[e + 1] > assigned.begins[e]) visited[visits++] = e;
  }
  parallel(lane, visits, 1, [&](const Lane& one, int from, int until) {
    for (int v = from; v < until; v++) {
      int e = visited[v], begin = assigned.begins[e], count = assigned.begins[e + 1] - begin;
      const Expert& chosen = expert(net, mixture, e);
      Quantised rows = rows_of(e);
      // Some at a time, so that what is in between stays near.
      for (int first = 0; first < count; first += MOST_ROWS) {
        int some = count - first < MOST_ROWS ? count - first : MOST_ROWS;
        Quantised part{rows.at(first), rows.scale + first, rows.k, rows.tiles};
        int hidden = spaced(net.c.hidden);
        float* h = static_cast<float*>(one.memory(EXPERT_HIDDEN, size_t(some) * hidden * sizeof(float)));
        linear(one, part, chosen.hidden, some, nullptr, RELU, h, hidden);
        Quantised hq = quantise(one, QUANTISED_2, QUANTISED_SCALE_2, h, hidden, nullptr, some, chosen.output.k);
        linear(one, hq, chosen.output, some, nullptr, NONE, out + size_t(begin + first) * spread, spread);
      }
    }
  });
  parallel_rows(lane, m, [&](const Lane&, int from, int until) {
    for (int r = from; r < until; r++) {
      float* to = x + size_t(r) * stride;
      const int* experts = assigned.experts + size_t(r) * assigned.per_row;
      const int* slots = assigned.slots + size_t(r) * assigned.per_row;
      const float* gates = assigned.gates + size_t(r) * assigned.per_row;
      for (int d = 0; d < width; d += LANES) {
        vf y = vf{};
        for (int i = 0; i < assigned.counts[r]; i++) {
          y += load(out + size_t(assigned.begins[experts[i]] + slots[i]) * spread + d) * gates[i];
        }
        if (net.c.sigmoid) {
          y = sigmoid(y);
          for (int i = 0; i < LANES; i++) {
            if (d + i >= mixture.width) y[i] = 0;
          }
        }
        store(to + d, load(to + d) + y);
      }
      count(mixture, experts, gates, assigned.counts[r]);
    }
  });
}

}  // namespace
}  // namespace dragoman
