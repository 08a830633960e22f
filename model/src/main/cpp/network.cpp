// What is the same on every processor: the network's memory, its weights on their way from the file's layout to that of products, and
// sessions.

#include "weights.h"

#include "fours.h"

#include <sys/mman.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>



namespace dragoman {
namespace {

constexpr size_t PAGE = size_t(2) << 20;
constexpr size_t CHUNK = size_t(32) << 20;

// Memory that is given back all at once, in large pages where the system has them: a step reads all of it, page after page.
class Arena {
 public:
  ~Arena() {
    for (auto& chunk : chunks) munmap(chunk.first, chunk.second);
  }

  void* allocate(size_t bytes) {
    bytes = (bytes + 63) / 64 * 64;
    if (used + bytes > room) {
      size_t size = (bytes > CHUNK ? bytes : CHUNK) + PAGE;
      void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (memory == MAP_FAILED) throw std::bad_alloc();
      chunks.emplace_back(memory, size);
      uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + PAGE - 1) / PAGE * PAGE;
      at = reinterpret_cast<char*>(begin);
      room = size - (begin - reinterpret_cast<uintptr_t>(memory));
      used = 0;
#ifdef MADV_HUGEPAGE
      madvise(at, room, MADV_HUGEPAGE);
#endif
    }
    void* result = at + used;
    used += bytes;
    return result;  // zero, as the system gives it
  }

  template <class T>
  T* of(size_t count) {
    return static_cast<T*>(allocate(count * sizeof(T)));
  }

 private:
  std::vector<std::pair<void*, size_t>> chunks;
  char* at = nullptr;
  size_t used = 0, room = 0;
};

struct Stack {
  std::vector<Tensor> parts;  // each some experts, in order
  int rows = 0, columns = 0;

  Tensor of(int expert) const {
    for (const Tensor& part : parts) {
      if (expert < part.shape[0]) {
        Tensor one = part;
        size_t elements = size_t(rows) * columns;
        one.values = static_cast<const char*>(part.values) + expert * elements * bytes_of(part.type);
        if (part.scales) one.scales = part.scales + size_t(expert) * (part.transposed ? columns : rows);
        return one;
      }
      expert -= part.shape[0];
    }
    throw std::bad_alloc();
  }
};

struct Stacks {
  Stack hidden, output;
  std::atomic<char>* packed = nullptr;
};

struct Owner {
  Arena arena;
  std::mutex mutex;
  std::set<std::string> missing;
  std::vector<Stacks*> stacks;
  size_t expert_bytes = 0;

  ~Owner() {
    for (Stacks* s : stacks) {
      delete[] s->packed;
      delete s;
    }
  }
};

Owner& owner(const Network& net) { return *static_cast<Owner*>(net.owner); }

void require_shape(const std::string& name, const Tensor& t, const std::vector<int>& shape) {
  if (t.shape == shape) return;
  auto text = [](const std::vector<int>& sizes) {
    std::string result = "[";
    for (size_t i = 0; i < sizes.size(); i++) result += (i > 0 ? ", " : "") + std::to_string(sizes[i]);
    return result + "]";
  };
  throw std::invalid_argument(name + " has shape " + text(t.shape) + ", the configuration asks for " + text(shape));
}

float element(const Tensor& t, size_t i) {
  if (t.type == F32) return static_cast<const float*>(t.values)[i];
  if (t.type == BF16) {
    uint32_t bits = uint32_t(static_cast<const uint16_t*>(t.values)[i]) << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
  }
  return static_cast<const int8_t*>(t.values)[i];
}

// One row of a tensor [rows, columns], with its scale; as it is stored where it is stored in 8 bits.
void row_of(const Tensor& t, int rows, int columns, int row, int8_t* q, float* scale) {
  if (t.type == I8 && !t.transposed) {
    memcpy(q, static_cast<const int8_t*>(t.values) + size_t(row) * columns, columns);
    *scale = t.scales[row];
    return;
  }
  std::vector<float> values(columns);
  float most = 0;
  for (int c = 0; c < columns; c++) {
    float v = t.transposed ? element(t, size_t(c) * rows + row) * (t.scales ? t.scales[c] : 1)
                           : element(t, size_t(row) * columns + c);
    values[c] = v;
    most = std::fabs(v) > most ? std::fabs(v) : most;
  }
  *scale = most / 127;
  for (int c = 0; c < columns; c++) q[c] = most > 0 ? int8_t(std::nearbyint(values[c] / *scale)) : 0;
}

Matrix matrix_of(Arena& arena, int outputs, int inputs, int bits = 8) {
  Matrix m;
  m.outputs = outputs;
  m.inputs = inputs;
  m.n = padded(outputs);
  m.k = padded(inputs);
  if (bits == 4) {
    m.fours = arena.of<uint8_t>(size_t(m.n) * m.k / 2);
    m.multipliers = arena.of<uint8_t>(size_t(m.n) * m.k / GROUP);
  } else {
    m.packed = arena.of<int8_t>(size_t(m.n) * m.k);
  }
  m.scale = arena.of<float>(m.n);
  m.shift = arena.of<int32_t>(m.n);
  return m;
}

// Puts columns [from, from + inputs) of a row of weights in an output's place.
void put(Matrix& m, int place, const int8_t* row, float scale) {
  int8_t* to = m.packed + size_t(place / BLOCK) * BLOCK * m.k + place % BLOCK * 4;
  int total = 0;
  for (int k = 0; k < m.inputs; k++) {
    to[size_t(k / 4) * BLOCK * 4 + k % 4] = row[k];
    total += row[k];
  }
  m.scale[place] = scale;
  m.shift[place] = 128 * total;
}

void pack(Matrix& m, const Tensor& t) {
  std::vector<int8_t> row(m.inputs);
  for (int n = 0; n < m.outputs; n++) {
    float scale;
    row_of(t, m.outputs, m.inputs, n, row.data(), &scale);
    if (m.fours) {
      put_fours(m, n, row.data(), scale);
    } else {
      put(m, n, row.data(), scale);
    }
  }
}

// Gates i, f, g, o of 16 cells side by side.
int gate_place(int n, int cells) {
  int cell = n % cells, gate = n / cells;
  return cell / 16 * 64 + gate * 16 + cell % 16;
}

void pack_gates(Matrix* parts, int count, int cells, const Tensor& t, int columns) {
  std::vector<int8_t> row(columns);
  for (int n = 0; n < 4 * cells; n++) {
    float scale;
    row_of(t, 4 * cells, columns, n, row.data(), &scale);
    int from = 0;
    for (int p = 0; p < count; p++) {
      put(parts[p], gate_place(n, cells), row.data() + from, scale);
      from += parts[p].inputs;
    }
  }
}

float* floats(Arena& arena, const Tensor& t, size_t count, size_t room) {
  float* result = arena.of<float>(room);
  for (size_t i = 0; i < count; i++) result[i] = element(t, i);
  return result;
}

// [width, n] to [n / 16][width][16]
void pack_gate(float* to, const Tensor& t, size_t first, int width, int n) {
  for (int d = 0; d < width; d++) {
    for (int e = 0; e < n; e++) {
      size_t i = first + size_t(d) * n + e;
      float scale = t.scales ? t.scales[i / n] : 1;
      to[size_t(e / 16) * 16 * width + d * 16 + e % 16] = element(t, i) * scale;
    }
  }
}

size_t gate_size(int width, int n) { return size_t((n + 15) / 16 * 16) * width; }

Lstm lstm_of(Arena& arena, int cells, int outputs, const int* inputs, int parts) {
  Lstm lstm;
  lstm.cells = cells;
  lstm.outputs = outputs;
  lstm.parts = parts;
  int gates = (cells + 15) / 16 * 64;
  for (int p = 0; p < parts; p++) lstm.input[p] = matrix_of(arena, gates, inputs[p]);
  lstm.recurrent = matrix_of(arena, gates, outputs);
  lstm.bias = arena.of<float>(gates);
  lstm.projected = outputs != cells;
  if (lstm.projected) lstm.projection = matrix_of(arena, outputs, cells);
  return lstm;
}

Mixture* mixture_of(Owner& o, const Configuration& c, int width) {
  Mixture* m = new (o.arena.of<Mixture>(1)) Mixture();
  m->width = width;
  m->experts = o.arena.of<Expert>(c.experts);
  m->rows = o.arena.of<int64_t>(c.experts);
  m->gates = o.arena.of<double>(c.experts);
  Stacks* s = new Stacks();
  s->packed = new std::atomic<char>[c.experts]();
  s->hidden.rows = s->output.columns = c.hidden;
  s->hidden.columns = s->output.rows = width;
  o.stacks.push_back(s);
  m->owner = s;
  return m;
}

void require_lstm(Owner& o, const std::string& path, const Lstm& lstm) {
  for (const char* name : {".input", ".recurrent", ".bias"}) o.missing.insert(path + name);
  if (lstm.projected) o.missing.insert(path + ".projection");
}

void require_mixture(Owner& o, const Configuration& c, const std::string& path) {
  for (const char* name : {".gate", ".hidden", ".output"}) o.missing.insert(path + name);
  bool balanced = c.gate_kind == BALANCED || c.gate_kind == BALANCED_GROUPS;
  if (c.groups > 0) o.missing.insert(path + ".groupGate");
  if (balanced) o.missing.insert(path + ".logThresholds");
  if (balanced && c.groups > 0) o.missing.insert(path + ".logGroupThresholds");
}

bool set_lstm(Lstm& lstm, const std::string& path, const std::string& name, const Tensor& t) {
  if (name == "input") {
    int columns = 0;
    for (int p = 0; p < lstm.parts; p++) columns += lstm.input[p].inputs;
    require_shape(path, t, {4 * lstm.cells, columns});
    pack_gates(lstm.input, lstm.parts, lstm.cells, t, columns);
  } else if (name == "recurrent") {
    require_shape(path, t, {4 * lstm.cells, lstm.outputs});
    pack_gates(&lstm.recurrent, 1, lstm.cells, t, lstm.outputs);
  } else if (name == "bias") {
    require_shape(path, t, {4 * lstm.cells});
    for (int n = 0; n < 4 * lstm.cells; n++) lstm.bias[gate_place(n, lstm.cells)] = element(t, n);
  } else if (name == "projection" && lstm.projected) {
    require_shape(path, t, {lstm.outputs, lstm.cells});
    pack(lstm.projection, t);
  } else {
    return false;
  }
  return true;
}

void add_experts(Stack& stack, const std::string& path, const Tensor& t) {
  std::vector<int> shape = {t.shape.empty() ? 0 : t.shape[0], stack.rows, stack.columns};
  if (t.transposed) std::swap(shape[1], shape[2]);
  require_shape(path, t, shape);
  stack.parts.push_back(t);
}

bool set_mixture(
    Arena& arena, const Configuration& c, Mixture& m, const std::string& path, const std::string& name, const Tensor& t) {
  int each = c.groups > 0 ? c.experts / c.groups : c.experts;
  Stacks& stacks = *static_cast<Stacks*>(m.owner);
  if (name == "hidden") {
    add_experts(stacks.hidden, path, t);
  } else if (name == "output") {
    add_experts(stacks.output, path, t);
  } else if (name == "groupGate") {
    require_shape(path, t, {m.width, c.groups});
    m.gate = arena.of<float>(gate_size(m.width, c.groups));
    pack_gate(m.gate, t, 0, m.width, c.groups);
  } else if (name == "gate" && c.groups > 0) {
    require_shape(path, t, {c.groups, m.width, each});
    m.inner = arena.of<float>(gate_size(m.width, each) * c.groups);
    for (int g = 0; g < c.groups; g++) {
      pack_gate(m.inner + gate_size(m.width, each) * g, t, size_t(g) * m.width * each, m.width, each);
    }
  } else if (name == "gate") {
    require_shape(path, t, {m.width, c.experts});
    m.gate = arena.of<float>(gate_size(m.width, c.experts));
    pack_gate(m.gate, t, 0, m.width, c.experts);
  } else if (name == "logThresholds" || name == "logGroupThresholds") {
    bool inner = name == "logThresholds" && c.groups > 0;
    int n = inner || c.groups == 0 ? c.experts : c.groups;
    require_shape(path, t, inner ? std::vector<int>{c.groups, each} : std::vector<int>{n});
    float* values = floats(arena, t, n, n);
    if (t.scales) {
      for (int i = 0; i < n; i++) values[i] *= t.scales[i / each];
    }
    for (int i = 0; i < n; i++) values[i] = std::exp(values[i]);
    (inner ? m.inner_threshold : m.threshold) = values;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Network* new_network(const Configuration& c, const int* encoder_mixtures, const int* decoder_mixtures, int expert_bits) {
  Network* net = new Network();
  net->c = c;
  net->expert_bits = expert_bits;
  Owner* o = new Owner();
  net->owner = o;
  Arena& arena = o->arena;
  bool reads_context = c.context_to == LAYERS_AND_SOFTMAX;
  net->softmax[0] = matrix_of(arena, c.vocabulary, c.width);
  if (reads_context) net->softmax[1] = matrix_of(arena, c.vocabulary, c.width);
  net->softmax_bias = arena.of<float>(padded(c.vocabulary));
  for (int i = c.vocabulary; i < padded(c.vocabulary); i++) net->softmax_bias[i] = -1e30f;
  o->missing.insert("embedding.weight");
  o->missing.insert("softmax.bias");
  if (!c.shared_softmax) {
    o->missing.insert("softmax.weight");
    net->embedding = arena.of<int8_t>(size_t(c.vocabulary) * c.width);
    net->embedding_scale = arena.of<float>(c.vocabulary);
  }
  net->encoder_width[0] = c.width;
  for (int l = 0; l < c.encoder_layers; l++) {
    std::string path = "encoder.layer" + std::to_string(l + 1);
    int input = net->encoder_width[l];
    bool both = l < c.layers_both_ways;
    int parts = both && c.join == HALVES ? 2 : 1;
    net->encoder[l] = lstm_of(arena, c.cells / parts, c.width / parts, &input, 1);
    if (both) {
      net->encoder_back[l] = lstm_of(arena, c.cells / parts, c.width / parts, &input, 1);
      require_lstm(*o, path + ".forward", net->encoder[l]);
      require_lstm(*o, path + ".backward", net->encoder_back[l]);
    } else {
      require_lstm(*o, path, net->encoder[l]);
    }
    net->encoder_width[l + 1] = both && c.join == CONCATENATED ? 2 * c.width : c.width;
    if (encoder_mixtures[l]) {
      net->encoder_mixture[l] = mixture_of(*o, c, net->encoder_width[l + 1]);
      require_mixture(*o, c, "encoder.mixture" + std::to_string(l + 1));
    }
  }
  int top = net->encoder_width[c.encoder_layers];
  net->encoder_projected = top != c.width;
  if (net->encoder_projected) {
    net->encoder_projection = matrix_of(arena, c.width, top);
    o->missing.insert("encoder.projection");
  }
  net->keys = matrix_of(arena, c.attention, c.width);
  net->query = matrix_of(arena, c.attention, c.width);
  for (const char* name : {"source", "query", "score"}) o->missing.insert(std::string("decoder.attention.") + name);
  if (c.form == PARALLEL && c.context_to == FIRST_LAYER) {
    net->context = matrix_of(arena, c.width, c.width);
    o->missing.insert("decoder.context");
  }
  for (int l = 0; l < c.decoder_layers; l++) {
    bool reads = l == 0 ? c.form != PARALLEL : c.context_to != FIRST_LAYER;
    int inputs[2] = {c.width, c.width};
    net->decoder[l] = lstm_of(arena, c.cells, c.width, inputs, reads ? 2 : 1);
    require_lstm(*o, "decoder.layer" + std::to_string(l + 1), net->decoder[l]);
    if (decoder_mixtures[l]) {
      net->decoder_mixture[l] = mixture_of(*o, c, c.width);
      require_mixture(*o, c, "decoder.mixture" + std::to_string(l + 1));
    }
  }
  return net;
}

bool set_tensor(Network& net, const std::string& name, const Tensor& t) {
  Owner& o = owner(net);
  const Configuration& c = net.c;
  bool known = true;
  int layer = 0, used = 0;
  // Layers that the configuration does not have are not known either.
  auto among = [&](int layers) { return used > 0 && layer >= 1 && layer <= layers; };
  const char* text = name.c_str();
  if (name == "embedding.weight") {
    require_shape(name, t, {c.vocabulary, c.width});
    std::vector<int8_t> row(c.width);
    for (int id = 0; id < c.vocabulary; id++) {
      float scale;
      row_of(t, c.vocabulary, c.width, id, row.data(), &scale);
      if (c.shared_softmax) {
        put(net.softmax[0], id, row.data(), scale);
      } else {
        memcpy(net.embedding + size_t(id) * c.width, row.data(), c.width);
        net.embedding_scale[id] = scale;
      }
    }
  } else if (name == "softmax.weight") {
    bool both = c.context_to == LAYERS_AND_SOFTMAX;
    int columns = both ? 2 * c.width : c.width;
    require_shape(name, t, {c.vocabulary, columns});
    std::vector<int8_t> row(columns);
    for (int id = 0; id < c.vocabulary; id++) {
      float scale;
      row_of(t, c.vocabulary, columns, id, row.data(), &scale);
      put(net.softmax[0], id, row.data(), scale);
      if (both) put(net.softmax[1], id, row.data() + c.width, scale);
    }
  } else if (name == "softmax.bias") {
    require_shape(name, t, {c.vocabulary});
    for (int id = 0; id < c.vocabulary; id++) net.softmax_bias[id] = element(t, id);
  } else if (name == "encoder.projection") {
    require_shape(name, t, {c.width, net.encoder_width[c.encoder_layers]});
    pack(net.encoder_projection, t);
  } else if (name == "decoder.context") {
    require_shape(name, t, {c.width, c.width});
    pack(net.context, t);
  } else if (name == "decoder.attention.source") {
    require_shape(name, t, {c.attention, c.width});
    pack(net.keys, t);
  } else if (name == "decoder.attention.query") {
    require_shape(name, t, {c.attention, c.width});
    pack(net.query, t);
  } else if (name == "decoder.attention.score") {
    require_shape(name, t, {c.attention});
    net.score = floats(o.arena, t, c.attention, padded(c.attention));
  } else if (sscanf(text, "encoder.layer%d.%n", &layer, &used) == 1 && among(c.encoder_layers)) {
    std::string rest = name.substr(used);
    if (rest.rfind("forward.", 0) == 0) {
      known = set_lstm(net.encoder[layer - 1], name, rest.substr(8), t);
    } else if (rest.rfind("backward.", 0) == 0) {
      known = set_lstm(net.encoder_back[layer - 1], name, rest.substr(9), t);
    } else {
      known = set_lstm(net.encoder[layer - 1], name, rest, t);
    }
  } else if (sscanf(text, "decoder.layer%d.%n", &layer, &used) == 1 && among(c.decoder_layers)) {
    known = set_lstm(net.decoder[layer - 1], name, name.substr(used), t);
  } else if (sscanf(text, "encoder.mixture%d.%n", &layer, &used) == 1 && among(c.encoder_layers)) {
    known = net.encoder_mixture[layer - 1] && set_mixture(o.arena, c, *net.encoder_mixture[layer - 1], name, name.substr(used), t);
  } else if (sscanf(text, "decoder.mixture%d.%n", &layer, &used) == 1 && among(c.decoder_layers)) {
    known = net.decoder_mixture[layer - 1] && set_mixture(o.arena, c, *net.decoder_mixture[layer - 1], name, name.substr(used), t);
  } else {
    known = false;
  }
  o.missing.erase(name);
  return known;
}

std::string missing_tensor(const Network& net) {
  Owner& o = owner(net);
  return o.missing.empty() ? "" : *o.missing.begin();
}

void free_network(Network* net) {
  delete static_cast<Owner*>(net->owner);
  delete net;
}

const Expert& expert(Network& net, Mixture& mixture, int e) {
  Stacks& stacks = *static_cast<Stacks*>(mixture.owner);
  if (!stacks.packed[e].load(std::memory_order_acquire)) {
    Owner& o = owner(net);
    std::lock_guard<std::mutex> lock(o.mutex);
    if (!stacks.packed[e].load(std::memory_order_relaxed)) {
      Expert& made = mixture.experts[e];
      made.hidden = matrix_of(o.arena, net.c.hidden, mixture.width, net.expert_bits);
      made.output = matrix_of(o.arena, mixture.width, net.c.hidden, net.expert_bits);
      pack(made.hidden, stacks.hidden.of(e));
      pack(made.output, stacks.output.of(e));
      stacks.packed[e].store(1, std::memory_order_release);
    }
  }
  return mixture.experts[e];
}

void count(Mixture& mixture, const int* experts, const float* gates, int n) {
  for (int i = 0; i < n; i++) {
    int e = experts[i];
    __atomic_fetch_add(&mixture.rows[e], 1, __ATOMIC_RELAXED);
    double before, after;
    __atomic_load(&mixture.gates[e], &before, __ATOMIC_RELAXED);
    do {
      after = before + gates[i];
    } while (!__atomic_compare_exchange(&mixture.gates[e], &before, &after, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  }
}

int state_offset(const Network& net, int layer) {
  int offset = 0;
  for (int l = 0; l < layer; l++) offset += padded(net.decoder[l].outputs) + padded(net.decoder[l].cells);
  return offset;
}

// ---- sessions ---------------------------------------------------------------------------------------------------------------

namespace {

void* aligned(size_t bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, bytes > 0 ? bytes : 64) != 0) throw std::bad_alloc();
  return memory;
}

// Buffers from this size on are pages of the system's own: they count as memory once they are written, and no longer than they are used.
constexpr size_t MAPPED = size_t(4) << 20;

void give_back(void* buffer, size_t size) {
  if (size >= MAPPED) {
    munmap(buffer, size);
  } else {
    free(buffer);
  }
}

}  // namespace

void* scratch(Session& s, Buffer which, size_t bytes, int lane) {
  void*& buffer = s.buffers[lane][which];
  size_t& size = s.sizes[lane][which];
  if (bytes > size) {
    give_back(buffer, size);
    buffer = nullptr;
    size = 0;
    // Zero, since tiles read beyond the rows that there are.
    size_t room = bytes + bytes / 2 + 4096;
    if (room >= MAPPED) {
      void* pages = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (pages == MAP_FAILED) throw std::bad_alloc();
      buffer = pages;
    } else {
      buffer = aligned(room);
      memset(buffer, 0, room);
    }
    size = room;
  }
  return buffer;
}

Source* new_source(const Network& net, int length) {
  size_t row = padded(net.c.width) + padded(net.c.attention);
  char* memory = static_cast<char*>(aligned(64 + length * row * sizeof(uint16_t)));
  Source* source = reinterpret_cast<Source*>(memory);
  source->length = length;
  source->references = 1;
  source->memory = reinterpret_cast<uint16_t*>(memory + 64);
  source->keys = source->memory + size_t(length) * padded(net.c.width);
  source->pieces = source->slots = nullptr;
  source->listed = -1;
  return source;
}

namespace {

constexpr int SAMPLES = 128;

void take_slot(const Network&, Selection&, int piece);

Selection* new_selection(const Network& net) {
  Arena* arena = new Arena();
  Selection* s = new (arena->of<Selection>(1)) Selection();
  s->owner = arena;
  int slots = padded(net.c.vocabulary);
  for (int p = 0; p < 2; p++) {
    if (net.softmax[p].n > 0) s->softmax[p] = matrix_of(*arena, net.c.vocabulary, net.softmax[p].inputs);
  }
  s->bias = arena->of<float>(slots);
  s->used = arena->of<uint64_t>(slots / BLOCK);
  s->slot_of = arena->of<int>(net.c.vocabulary);
  s->sentences = arena->of<int>(net.c.vocabulary);
  int distance = net.c.vocabulary / SAMPLES > 1 ? net.c.vocabulary / SAMPLES : 1;
  s->samples = (net.c.vocabulary + distance - 1) / distance;
  s->sample = arena->of<int>(s->samples);
  for (int i = 0; i < s->samples; i++) {
    s->sample[i] = i * distance;
    take_slot(net, *s, s->sample[i]);
  }
  return s;
}

void copy_output(const Matrix& from, int output, Matrix& to, int place) {
  const int8_t* source = from.packed + size_t(output / BLOCK) * BLOCK * from.k + output % BLOCK * 4;
  int8_t* target = to.packed + size_t(place / BLOCK) * BLOCK * to.k + place % BLOCK * 4;
  for (int k = 0; k < from.k; k += 4, source += 4 * BLOCK, target += 4 * BLOCK) memcpy(target, source, 4);
  to.scale[place] = from.scale[output];
  to.shift[place] = from.shift[output];
}

// The lowest slot that is free, so that few blocks are in use.
int free_slot(Selection& s) {
  int block = 0;
  while (~s.used[block] == 0) block++;
  int bit = __builtin_ctzll(~s.used[block]);
  s.used[block] |= uint64_t(1) << bit;
  if (block >= s.blocks) s.blocks = block + 1;
  return block * BLOCK + bit;
}

void take_slot(const Network& net, Selection& s, int piece) {
  if (s.sentences[piece]++ > 0) return;
  int slot = s.slot_of[piece] = free_slot(s);
  for (int p = 0; p < 2; p++) {
    if (net.softmax[p].n > 0) copy_output(net.softmax[p], piece, s.softmax[p], slot);
  }
  s.bias[slot] = net.softmax_bias[piece];
}

void select(Session& session, Source& source, const int* pieces, int count) {
  const Network& net = *session.network;
  if (!session.selection) session.selection = new_selection(net);
  Selection& s = *session.selection;
  source.pieces = static_cast<int*>(malloc((2 * count + s.samples) * sizeof(int)));
  if (!source.pieces) throw std::bad_alloc();
  source.slots = source.pieces + count;
  source.listed = count;
  for (int i = 0; i < count; i++) {
    take_slot(net, s, pieces[i]);
    source.pieces[i] = pieces[i];
    source.slots[i] = s.slot_of[pieces[i]];
  }
  source.unlisted_slots = source.slots + count;
  source.unlisted = 0;
  for (int i = 0, at = 0; i < s.samples; i++) {
    while (at < count && pieces[at] < s.sample[i]) at++;
    if (at == count || pieces[at] != s.sample[i]) source.unlisted_slots[source.unlisted++] = s.slot_of[s.sample[i]];
  }
}

void release(Session& session, Source* source) {
  if (--source->references > 0) return;
  for (int i = 0; i < source->listed; i++) {
    Selection& s = *session.selection;
    int slot = source->slots[i];
    if (--s.sentences[source->pieces[i]] == 0) s.used[slot / BLOCK] &= ~(uint64_t(1) << slot % BLOCK);
  }
  free(source->pieces);
  free(source);
}

}  // namespace

Session* new_session(Network* net, int lanes) {
  Session* s = new Session();
  s->network = net;
  s->lanes = lanes < MOST_LANES ? lanes : MOST_LANES;
  s->stride = spaced(state_offset(*net, net->c.decoder_layers) + (net->c.form == INPUT_FEEDING ? padded(net->c.width) : 0));
  return s;
}

void free_session(Session* s) {
  for (int r = 0; r < s->rows.count; r++) release(*s, s->rows.source[r]);
  if (s->selection) delete static_cast<Arena*>(s->selection->owner);
  free(s->rows.origin);
  free(s->rows.source);
  free(s->state[0]);
  free(s->state[1]);
  for (int lane = 0; lane < MOST_LANES; lane++) {
    for (int b = 0; b < BUFFERS; b++) give_back(s->buffers[lane][b], s->sizes[lane][b]);
  }
  delete s;
}

namespace {

void room_for_rows(Session& s, int rows) {
  if (rows <= s.rows.capacity) return;
  int capacity = rows + rows / 2 + 8;
  s.rows.origin = static_cast<int*>(realloc(s.rows.origin, capacity * sizeof(int)));
  s.rows.source = static_cast<Source**>(realloc(s.rows.source, capacity * sizeof(Source*)));
  if (!s.rows.origin || !s.rows.source) throw std::bad_alloc();
  s.rows.capacity = capacity;
}

void room_for_state(Session& s, int which, int rows, int kept) {
  if (rows <= s.states[which]) return;
  int room = rows + rows / 2 + 8;
  float* larger = static_cast<float*>(aligned(size_t(room) * s.stride * sizeof(float)));
  if (kept > 0) memcpy(larger, s.state[which], size_t(kept) * s.stride * sizeof(float));
  free(s.state[which]);
  s.state[which] = larger;
  s.states[which] = room;
}

// So many positions are encoded at a time, or one sentence that is longer.
constexpr int ENCODED_AT_ONCE = 2048;

}  // namespace

void admit(
    Session& s, const Variant& variant, const int* ids, const int* lengths, int count, const int* listed, const int* pieces) {
  std::vector<Source*> sources(count);
  for (int from = 0, to = 0, offset = 0; from < count; from = to) {
    int positions = 0;
    while (to < count && (to == from || positions + lengths[to] <= ENCODED_AT_ONCE)) positions += lengths[to++];
    variant.encode(s, ids + offset, lengths + from, to - from, sources.data() + from);
    offset += positions;
  }
  int first = s.rows.count;
  room_for_rows(s, first + count);
  // Rows that have gone leave gaps in the state; they close with the next step.
  room_for_state(s, s.current, s.written + count, s.written);
  memset(s.state[s.current] + size_t(s.written) * s.stride, 0, size_t(count) * s.stride * sizeof(float));
  for (int i = 0; i < count; i++) {
    s.rows.origin[first + i] = s.written++;
    s.rows.source[first + i] = sources[i];
    s.rows.count++;
    if (listed && listed[i] >= 0) {
      select(s, *sources[i], pieces, listed[i]);
      pieces += listed[i];
    }
  }
}

void reorder(Session& s, const int* origins, int count) {
  std::vector<int> origin(count);
  std::vector<Source*> source(count);
  for (int i = 0; i < count; i++) {
    origin[i] = s.rows.origin[origins[i]];
    source[i] = s.rows.source[origins[i]];
    source[i]->references++;
  }
  for (int r = 0; r < s.rows.count; r++) release(s, s.rows.source[r]);
  room_for_rows(s, count);
  memcpy(s.rows.origin, origin.data(), count * sizeof(int));
  memcpy(s.rows.source, source.data(), count * sizeof(Source*));
  s.rows.count = count;
  if (count == 0) s.written = 0;
}

void step(
    Session& s, const Variant& variant, const int* ids, int top, int* best, float* log_probabilities, const Scored* scored) {
  room_for_state(s, 1 - s.current, s.rows.count, 0);
  variant.step(s, ids, top, best, log_probabilities, scored);
  s.written = s.rows.count;
}

void single_product(
    Session& s, const Variant& variant, const Tensor& tensor, int bits, int outputs, int inputs, const float* x, int rows, float* y) {
  Arena arena;
  Matrix matrix = matrix_of(arena, outputs, inputs, bits);
  pack(matrix, tensor);
  variant.product(s, x, rows, matrix, y);
}

}  // namespace dragoman
