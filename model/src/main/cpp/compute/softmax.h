// Embedding and softmax.
#pragma once

#include "products.h"

namespace dragoman {
namespace {

// Embeddings of ids -> x [m, stride].
void embed(const Network& net, const int* ids, int m, float* x, int stride) {
  int width = padded(net.c.width);
  for (int r = 0; r < m; r++) {
    float* to = x + size_t(r) * stride;
    int id = ids[r];
    if (net.embedding) {
      const int8_t* row = net.embedding + size_t(id) * net.c.width;
      for (int d = 0; d < net.c.width; d++) to[d] = row[d] * net.embedding_scale[id];
    } else {
      const Matrix& w = net.softmax[0];
      const int8_t* lines = panel_of(w, id / BLOCK) + id % BLOCK * 4;
      for (int d = 0; d < net.c.width; d++) to[d] = lines[size_t(d / 4) * BLOCK * 4 + d % 4] * w.scale[id];
    }
    for (int d = net.c.width; d < width; d++) to[d] = 0;
  }
}

// So many blocks of logits are summed up by themselves, so that the sum does not depend on who computes them.
constexpr int CHUNK = 16;

// Of a chunk of a row's logits: the sum of e^(logit - reference), lane by lane.
struct Total {
  float lanes[LANES];
  float reference;
};

// Logits may be so far above the reference; e^60 is far from too large a number.
constexpr float HEADROOM = 60;

// The best of a row, best first, ties to the lower id.
struct Best {
  int* ids;
  float* scores;
  int room;
  int* found;

  bool takes(float score, int id) const {
    if (*found < room) return true;
    float last = scores[room - 1];
    return score > last || (score == last && id < ids[room - 1]);
  }

  void put(float score, int id) const {
    int at = *found < room ? (*found)++ : room - 1;
    for (; at > 0 && (scores[at - 1] < score || (scores[at - 1] == score && ids[at - 1] > id)); at--) {
      scores[at] = scores[at - 1];
      ids[at] = ids[at - 1];
    }
    scores[at] = score;
    ids[at] = id;
  }
};

// What each lane has found of all rows: [m] counts, [m, top] ids and scores.
struct Findings {
  int m, top;
  int* memory;

  static size_t bytes(int m, int top) { return size_t(m) * (1 + 2 * top) * sizeof(int); }
  Best of(int row) const {
    int* ids = memory + m + size_t(row) * top;
    return {ids, reinterpret_cast<float*>(ids + size_t(m) * top), top, memory + row};
  }
};

// Where results of some rows go: those of row r to row rows[r] of all.
struct Results {
  const int* rows;
  int top;
  int* best;
  float* scores;
  const Scored* scored;
};

// What the softmax would give for one piece before it is normalised, as the vectors compute it.
float logit_of(const Part* parts, int count, int row, int piece, const float* bias) {
  float y = 0;
  for (int p = 0; p < count; p++) {
    const Matrix& w = *parts[p].w;
    const Quantised& x = parts[p].x;
    const int8_t* lines = panel_of(w, piece / BLOCK) + piece % BLOCK * 4;
    const uint8_t* q = x.at(row);
    int total = 0;
    for (int k = 0; k < x.k; k++) {
      int8_t value = int8_t(x.tiles ? q[k / BLOCK * NEXT + k % BLOCK] : q[k / BLOCK * NEXT + k % BLOCK] ^ 0x80);
      total += value * lines[k / 4 * BLOCK * 4 + k % 4];
    }
    y += float(total) * (w.scale[piece] * x.scale[row]);
  }
  return y + bias[piece];
}

// Over the whole vocabulary.
void best_pieces(const Lane& lane, const Part* parts, int count, int m, const Results& results) {
  int top = results.top;
  Session& s = lane.session;
  const Network& net = *s.network;
  int blocks = parts[0].w->n / BLOCK;
  int chunks = (blocks + CHUNK - 1) / CHUNK;
  Total* totals = static_cast<Total*>(lane.memory(CHUNKS, size_t(m) * chunks * sizeof(Total)));
  Findings findings[MOST_LANES];
  for (int i = 0; i < lane.lanes(); i++) {
    findings[i] = {m, top, static_cast<int*>(scratch(s, TOP, Findings::bytes(m, top), i))};
    memset(findings[i].memory, 0, m * sizeof(int));
  }
  parallel(lane, chunks, at_a_time(lane, chunks, 1), [&](const Lane& one, int from, int to) {
    const Findings& found = findings[one.index];
    int end = to * CHUNK < blocks ? to * CHUNK : blocks;
    products(one, parts, count, m, from * CHUNK, end, [&](int row, int local, int block, const Sums& sums) {
      vf logits[BLOCK / LANES];
      for (int i = 0; i < BLOCK / LANES; i++) {
        int at = i * LANES;
        logits[i] = scaled(parts, 0, count, sums, row, local, block, at) + load(net.softmax_bias + block * BLOCK + at);
      }
      vf high = greater(greater(logits[0], logits[1]), greater(logits[2], logits[3]));
      Total& chunk = totals[size_t(row) * chunks + block / CHUNK];
      if (block % CHUNK == 0) {
        chunk.reference = largest(high);
        store(chunk.lanes, vf{});
      } else if (any_above(high, chunk.reference + HEADROOM)) {
        float most = largest(high);
        store(chunk.lanes, load(chunk.lanes) * expf(chunk.reference - most));
        chunk.reference = most;
      }
      vf total = load(chunk.lanes);
      for (int i = 0; i < BLOCK / LANES; i++) total += small_exponential(logits[i] - chunk.reference);
      store(chunk.lanes, total);

      Best best_of_row = found.of(row);
      if (*best_of_row.found == top && !any_above(high, best_of_row.scores[top - 1])) return;
      float values[BLOCK];
      for (int i = 0; i < BLOCK / LANES; i++) store(values + i * LANES, logits[i]);
      for (int i = 0; i < BLOCK; i++) {
        int id = block * BLOCK + i;
        if (id < net.c.vocabulary && best_of_row.takes(values[i], id)) best_of_row.put(values[i], id);
      }
    });
  });
  for (int r = 0; r < m; r++) {
    int row = results.rows[r], have = 0;
    Best all{results.best + size_t(row) * top, results.scores + size_t(row) * top, top, &have};
    for (int i = 0; i < lane.lanes(); i++) {
      Best some = findings[i].of(r);
      for (int j = 0; j < *some.found && all.takes(some.scores[j], some.ids[j]); j++) all.put(some.scores[j], some.ids[j]);
    }
    const Total* of_row = totals + size_t(r) * chunks;
    float most = of_row[0].reference;
    for (int i = 1; i < chunks; i++) most = most > of_row[i].reference ? most : of_row[i].reference;
    double total = 0;
    for (int i = 0; i < chunks; i++) {
      total += double(sum(load(of_row[i].lanes))) * exp(double(of_row[i].reference) - most);
    }
    float log_total = float(most + log(total));
    for (int i = 0; i < have; i++) all.scores[i] -= log_total;
    const Scored* scored = results.scored;
    for (int i = scored ? scored->begins[row] : 0, end = scored ? scored->begins[row + 1] : 0; i < end; i++) {
      scored->log_probabilities[i] = logit_of(parts, count, r, scored->pieces[i], net.softmax_bias) - log_total;
    }
  }
}

// 16 logits by their slots, -infinity behind the last.
INLINE vf gathered(const float* logits, const int* slots, int count) {
  vf v = all(-INFINITY);
  for (int j = 0; j < LANES && j < count; j++) v[j] = logits[slots[j]];
  return v;
}

// The best of a row's own list, with about the probabilities that they have among all pieces: what is not on the list counts as if those of
// the sample stood for it. 'logits' are those of all slots; everything goes in the list's order, so it does not matter which slots its
// pieces have.
void best_of_list(const Source& source, int vocabulary, const float* logits, float* own, int row, const Results& results) {
  constexpr float NEVER = -INFINITY;
  int count = source.listed, top = results.top, have = 0;
  Best best{results.best + size_t(row) * top, results.scores + size_t(row) * top, top, &have};
  vf most = all(NEVER);
  for (int i = 0; i < count; i += LANES) {
    vf v = gathered(logits, source.slots + i, count - i);
    store(own + i, v);
    most = greater(most, v);
    if (have == top && !any_above(v, best.scores[top - 1])) continue;
    for (int j = 0; j < LANES && i + j < count; j++) {
      if (best.takes(v[j], source.pieces[i + j])) best.put(v[j], source.pieces[i + j]);
    }
  }
  for (int i = 0; i < source.unlisted; i += LANES) {
    most = greater(most, gathered(logits, source.unlisted_slots + i, source.unlisted - i));
  }
  float reference = largest(most);
  vf total = vf{};
  for (int i = 0; i < count; i += LANES) total += small_exponential(load(own + i) - reference);
  vf others = vf{};
  for (int i = 0; i < source.unlisted; i += LANES) {
    others += small_exponential(gathered(logits, source.unlisted_slots + i, source.unlisted - i) - reference);
  }
  float each_for = source.unlisted > 0 ? float(vocabulary - count) / float(source.unlisted) : 0;
  float log_total = reference + logf(sum(total) + each_for * sum(others));
  for (int i = 0; i < have; i++) best.scores[i] -= log_total;
  for (int i = have; i < top; i++) {
    best.scores[i] = NEVER;
    best.ids[i] = 0;
  }
  const Scored* scored = results.scored;
  for (int i = scored ? scored->begins[row] : 0, end = scored ? scored->begins[row + 1] : 0; i < end; i++) {
    int low = 0, high = count;
    while (low < high) {
      int middle = (low + high) / 2;
      if (source.pieces[middle] < scored->pieces[i]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    bool has = low < count && source.pieces[low] == scored->pieces[i];
    scored->log_probabilities[i] = has ? own[low] - log_total : NEVER;
  }
}

// Each row over its own list of pieces; parts have the selection's weights.
void best_of_lists(const Lane& lane, const Part* parts, int count, int m, const Results& results) {
  Session& s = lane.session;
  const Selection& selection = *s.selection;
  int blocks = selection.blocks, stride = spaced(blocks * BLOCK);
  float* logits = static_cast<float*>(lane.memory(LOGITS, size_t(m) * stride * sizeof(float)));
  parallel(lane, blocks, blocks_at_a_time(lane, parts, count, blocks), [&](const Lane& one, int from, int to) {
    for (int begin = from; begin < to;) {
      // Runs of blocks that are in use.
      int end = begin;
      while (end < to && selection.used[end]) end++;
      products(one, parts, count, m, begin, end, [&](int row, int local, int block, const Sums& sums) {
        float* out = logits + size_t(row) * stride + block * BLOCK;
        for (int at = 0; at < BLOCK; at += LANES) {
          store(out + at, scaled(parts, 0, count, sums, row, local, block, at) + load(selection.bias + block * BLOCK + at));
        }
      });
      begin = end + 1;
    }
  });
  parallel_rows(lane, m, [&](const Lane& one, int from, int to) {
    for (int r = from; r < to; r++) {
      const Source& source = *s.rows.source[results.rows[r]];
      float* own = static_cast<float*>(one.memory(ONE_ROW_LOGITS, padded(source.listed) * sizeof(float)));
      best_of_list(source, s.network->c.vocabulary, logits + size_t(r) * stride, own, results.rows[r], results);
    }
  });
}

// The best pieces of all rows, whose top layer's outputs are x and contexts 'context', [m, stride] each.
void best_of_all(const Lane& lane, const float* x, const float* context, int stride, int m, Results results) {
  Session& s = lane.session;
  Network& net = *s.network;
  int* rows = static_cast<int*>(lane.memory(ROWS, 2 * m * sizeof(int)));
  int* with_list = rows + m;
  int plain = 0, listed = 0;
  for (int r = 0; r < m; r++) {
    if (s.rows.source[r]->listed < 0) {
      rows[plain++] = r;
    } else {
      with_list[listed++] = r;
    }
  }
  for (int lists = 0; lists < 2; lists++) {
    results.rows = lists ? with_list : rows;
    int some = lists ? listed : plain;
    if (some == 0) continue;
    const Matrix* w = lists ? s.selection->softmax : net.softmax;
    Part parts[2];
    int count = 0;
    parts[count++] = {quantise(lane, QUANTISED, QUANTISED_SCALE, x, stride, results.rows, some, w[0].k), &w[0]};
    if (net.c.context_to == LAYERS_AND_SOFTMAX) {
      parts[count++] = {quantise(lane, QUANTISED_2, QUANTISED_SCALE_2, context, stride, results.rows, some, w[1].k), &w[1]};
    }
    (lists ? best_of_lists : best_pieces)(lane, parts, count, some, results);
  }
}

}  // namespace
}  // namespace dragoman
