// Holds every variant that this processor runs to whole numbers, to the plain variant, and to itself with other company and other threads.
// Without a virtual machine, so that it also runs in an emulator of another processor: kernels-test [VARIANT], the one that has to be the
// fastest here.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "weights.h"

using namespace dragoman;

namespace {

int failures = 0;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  if (failures++ < 20) std::fprintf(stderr, "FAILED: %s\n", what.c_str());
}

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof(a)) == 0; }

typedef std::mt19937 Random;

int below(Random& random, int bound) { return int(random() % unsigned(bound)); }

// ---- products ----------------------------------------------------------------------------------------------------------

// What 4 bits leave of weights [outputs, inputs].
std::vector<int8_t> in_four_bits(const int8_t* weights, size_t outputs, int inputs) {
  std::vector<int8_t> result(outputs * inputs);
  for (size_t n = 0; n < outputs; n++) {
    for (int first = 0; first < inputs; first += 32) {
      size_t at = n * inputs + first;
      int count = std::min(32, inputs - first), largest = 0;
      for (int i = 0; i < count; i++) largest = std::max(largest, std::abs(int(weights[at + i])));
      int multiplier = std::min(18, int(std::ceil(largest / 7.)));
      for (int i = 0; multiplier > 0 && i < count; i++) {
        long four = std::min(7l, std::max(-7l, std::lround(weights[at + i] / double(multiplier))));
        result[at + i] = int8_t(four * multiplier);
      }
    }
  }
  return result;
}

// Activations are whole numbers times a power of two whose largest is 127, so that quantising them loses nothing and each result is one
// known number.
void check_product(const Variant& variant, Random& random, Session& session, int bits, int rows, int inputs, int outputs) {
  std::vector<int8_t> weights(size_t(outputs) * inputs);
  // The ends of the range too: sums of these are what overflows where anything does.
  for (size_t i = 0; i < weights.size(); i++) weights[i] = int8_t(i % 5 == 0 ? (random() % 2 ? 127 : -128) : below(random, 256) - 128);
  // Groups of small weights and of none.
  for (size_t i = 0; bits == 4 && i < weights.size(); i++) weights[i] = int8_t(i / 40 % 3 == 1 ? weights[i] % 10 : i / 40 % 5 == 2 ? 0 : weights[i]);
  std::vector<int8_t> used = bits == 4 ? in_four_bits(weights.data(), outputs, inputs) : weights;
  std::vector<float> scales(outputs);
  for (int n = 0; n < outputs; n++) scales[n] = float(1 + n) / 1024;
  std::vector<int> whole(size_t(rows) * inputs);
  std::vector<float> x(size_t(rows) * padded(inputs)), unit(rows);
  for (int r = 0; r < rows; r++) {
    unit[r] = std::ldexp(1.f, r % 9 - 4);
    for (int k = 0; k < inputs; k++) {
      int value = r == 0 ? 127 : r == 1 ? -127 : r == 2 ? 0 : below(random, 255) - 127;
      if (r > 2 && k == r % inputs) value = r % 2 ? 127 : -127;
      whole[size_t(r) * inputs + k] = value;
      x[size_t(r) * padded(inputs) + k] = float(value) * unit[r];
    }
  }
  std::vector<float> y(size_t(rows) * padded(outputs));
  Tensor tensor{I8, weights.data(), scales.data(), {outputs, inputs}, false};
  single_product(session, variant, tensor, bits, outputs, inputs, x.data(), rows, y.data());
  for (int r = 0; r < rows; r++) {
    for (int n = 0; n < outputs; n++) {
      int64_t sum = 0;
      for (int k = 0; k < inputs; k++) sum += int64_t(whole[size_t(r) * inputs + k]) * used[size_t(n) * inputs + k];
      float expected = float(sum) * (scales[n] * (r == 2 ? 0 : unit[r])), actual = y[size_t(r) * padded(outputs) + n];
      expect(
          expected == actual,
          std::string(variant.name) + ": product in " + std::to_string(bits) + " bits of " + std::to_string(rows) + " rows, " + std::to_string(inputs) + " inputs: row "
              + std::to_string(r) + ", output " + std::to_string(n) + " is " + std::to_string(actual) + ", not "
              + std::to_string(expected));
    }
  }
}

// ---- networks ------------------------------------------------------------------------------------------------------------

struct Named {
  const char* name;
  Configuration c;
};

// Sizes are no multiples of a vector. Between them every form, join, score and kind of gate is there.
const Named NETWORKS[] = {
    {"parallel, factorised, experts", {300, 40, 72, 2, 2, 1, HALVES, 2, PARALLEL, 0, 24, 1, FIRST_LAYER, 6, 2, 36, NOISY, 0, 0, 1}},
    {"recurrent, additive, groups", {170, 36, 36, 2, 2, 1, SUMMED, 2, RECURRENT, 1, 28, 1, LAYERS, 6, 2, 20, NOISY_GROUPS, 3, 1, 0}},
    {"fed, two heads, all experts",
     {131, 24, 48, 2, 2, 1, CONCATENATED, 9, INPUT_FEEDING, 0, 32, 2, LAYERS_AND_SOFTMAX, 4, 4, 20, SOFTMAX, 0, 0, 0}},
    {"parallel, additive, thresholds", {200, 68, 68, 2, 2, 2, HALVES, 2, PARALLEL, 1, 68, 1, LAYERS, 5, 2, 24, BALANCED, 0, 0, 1}},
    {"parallel, thresholds of groups",
     {90, 40, 40, 1, 1, 0, HALVES, 9, PARALLEL, 0, 40, 1, FIRST_LAYER, 6, 2, 20, BALANCED_GROUPS, 2, 0, 1}},
};

// A network with random weights, and the memory that these lie in. 'rounded' has the experts' stored as 4 bits leave them.
class Made {
 public:
  explicit Made(const Configuration& c, int expert_bits = 8, bool rounded = false) : c(c), rounded(rounded), random(7) {
    std::vector<int> mixtures(MOST_LAYERS, 0);
    mixtures[0] = 1;
    network = new_network(c, mixtures.data(), mixtures.data(), expert_bits);
    for (std::string name = missing_tensor(*network); !name.empty(); name = missing_tensor(*network)) {
      if (!set_tensor(*network, name, tensor(name, shape_of(name)))) throw std::logic_error(name + " is missing and not known");
    }
  }

  ~Made() { free_network(network); }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  Network* network;

 private:
  std::vector<int> shape_of(const std::string& name) const {
    size_t point = name.rfind('.');
    std::string path = name.substr(0, point), last = name.substr(point + 1);
    bool encoder = name.rfind("encoder.", 0) == 0;
    int width = c.width, each = c.groups > 0 ? c.experts / c.groups : c.experts;
    if (name == "embedding.weight") return {c.vocabulary, width};
    if (name == "softmax.weight") return {c.vocabulary, c.context_to == LAYERS_AND_SOFTMAX ? 2 * width : width};
    if (name == "softmax.bias") return {c.vocabulary};
    if (name == "encoder.projection") return {width, network->encoder_width[c.encoder_layers]};
    if (name == "decoder.context") return {width, width};
    if (name == "decoder.attention.score") return {c.attention};
    if (path == "decoder.attention") return {c.attention, width};
    if (path.find(".mixture") != std::string::npos) {
      int layer = std::atoi(path.c_str() + path.find(".mixture") + 8);
      int of = encoder ? network->encoder_width[layer] : width;
      if (last == "hidden") return {c.experts, c.hidden, of};
      if (last == "output") return {c.experts, of, c.hidden};
      if (last == "groupGate") return {of, c.groups};
      if (last == "gate") return c.groups > 0 ? std::vector<int>{c.groups, of, each} : std::vector<int>{of, each};
      if (last == "logThresholds") return c.groups > 0 ? std::vector<int>{c.groups, each} : std::vector<int>{c.experts};
      return {c.groups};
    }
    int layer = std::atoi(path.c_str() + path.find(".layer") + 6) - 1;
    bool back = path.find(".backward") != std::string::npos;
    const Lstm& lstm = !encoder ? network->decoder[layer] : back ? network->encoder_back[layer] : network->encoder[layer];
    if (last == "bias") return {4 * lstm.cells};
    if (last == "recurrent") return {4 * lstm.cells, lstm.outputs};
    if (last == "projection") return {lstm.outputs, lstm.cells};
    int inputs = 0;
    for (int p = 0; p < lstm.parts; p++) inputs += lstm.input[p].inputs;
    return {4 * lstm.cells, inputs};
  }

  Tensor tensor(const std::string& name, const std::vector<int>& shape) {
    size_t size = 1, rows = 1;
    for (size_t i = 0; i < shape.size(); i++) {
      size *= shape[i];
      if (i + 1 < shape.size()) rows *= shape[i];
    }
    bool gates = name.find("ate") != std::string::npos || name.find("hreshold") != std::string::npos;
    if (shape.size() == 1 || gates) {
      floats.emplace_back(size);
      for (float& value : floats.back()) {
        // Thresholds are logarithms: about one in six.
        value = name.find("hreshold") != std::string::npos ? -1.8f : (float(below(random, 2001)) - 1000) / 1000;
      }
      return {F32, floats.back().data(), nullptr, shape, false};
    }
    bytes.emplace_back(size);
    for (int8_t& value : bytes.back()) value = int8_t(below(random, 255) - 127);
    if (rounded && shape.size() == 3) bytes.back() = in_four_bits(bytes.back().data(), rows, shape.back());
    floats.emplace_back(rows);
    for (float& scale : floats.back()) scale = float(50 + below(random, 100)) / 40000;
    return {I8, bytes.back().data(), floats.back().data(), shape, false};
  }

  Configuration c;
  bool rounded;
  Random random;
  std::deque<std::vector<float>> floats;
  std::deque<std::vector<int8_t>> bytes;
};

struct Sentence {
  std::vector<int> ids;
  std::vector<int> list;  // empty for all pieces
};

// Lengths from 1 to 9; every third has a list of its own.
std::vector<Sentence> sentences_for(const Configuration& c, int count) {
  Random random(11);
  std::vector<Sentence> sentences(count);
  for (int i = 0; i < count; i++) {
    for (int t = 0; t <= (i * 5) % 9; t++) sentences[i].ids.push_back(below(random, c.vocabulary));
    for (int piece = 0; i % 3 == 1 && piece < c.vocabulary; piece++) {
      if (below(random, 4) == 0) sentences[i].list.push_back(piece);
    }
  }
  return sentences;
}

constexpr int STEPS = 4, TOP = 5;

// What some steps give a sentence: log probabilities of all pieces, the best, and the attention's weights, one after the other.
typedef std::vector<float> Trace;

// Steps whose pieces are given, so that a difference stays where it is. After the second the rows are turned round.
std::vector<Trace> decode(
    Network* network, const Variant& variant, int lanes, const std::vector<Sentence>& sentences, const std::vector<int>& chosen) {
  Session* session = new_session(network, lanes);
  int vocabulary = network->c.vocabulary, rows = int(chosen.size());
  std::vector<int> ids, lengths, listed, pieces;
  for (int i : chosen) {
    const Sentence& sentence = sentences[i];
    ids.insert(ids.end(), sentence.ids.begin(), sentence.ids.end());
    lengths.push_back(int(sentence.ids.size()));
    listed.push_back(sentence.list.empty() ? -1 : int(sentence.list.size()));
    pieces.insert(pieces.end(), sentence.list.begin(), sentence.list.end());
  }
  // In two parts: rows also come to those that are there.
  int half = rows / 2, half_ids = 0, half_pieces = 0;
  for (int r = 0; r < half; r++) {
    half_ids += lengths[r];
    if (listed[r] > 0) half_pieces += listed[r];
  }
  admit(*session, variant, ids.data(), lengths.data(), half, listed.data(), pieces.data());
  admit(*session, variant, ids.data() + half_ids, lengths.data() + half, rows - half, listed.data() + half, pieces.data() + half_pieces);
  std::vector<int> at(chosen), begins(rows + 1), asked(size_t(rows) * vocabulary), best(size_t(rows) * TOP), next(rows), turned(rows);
  std::vector<float> scores(size_t(rows) * TOP), found(asked.size());
  for (int r = 0; r < rows; r++) {
    begins[r + 1] = (r + 1) * vocabulary;
    turned[r] = rows - 1 - r;
    for (int v = 0; v < vocabulary; v++) asked[size_t(r) * vocabulary + v] = v;
  }
  std::vector<Trace> traces(sentences.size());
  for (int t = 0; t < STEPS; t++) {
    for (int r = 0; r < rows; r++) next[r] = t == 0 ? 1 : (at[r] * 7 + t * 3) % vocabulary;
    Scored scored{begins.data(), asked.data(), found.data()};
    step(*session, variant, next.data(), TOP, best.data(), scores.data(), &scored);
    for (int r = 0; r < rows; r++) {
      Trace& trace = traces[at[r]];
      trace.insert(trace.end(), found.begin() + begins[r], found.begin() + begins[r + 1]);
      trace.insert(trace.end(), scores.begin() + r * TOP, scores.begin() + (r + 1) * TOP);
      const float* attention = session->attention + size_t(r) * session->attention_stride;
      trace.insert(trace.end(), attention, attention + sentences[at[r]].ids.size());
      for (int i = 0; i < TOP && scores[r * TOP + i] > -INFINITY; i++) {
        expect(
            same_bits(scores[r * TOP + i], found[begins[r] + best[r * TOP + i]]),
            std::string(variant.name) + ": the best pieces' scores are not what is told of these pieces");
      }
      double total = 0;
      for (int v = begins[r]; v < begins[r + 1]; v++) total += std::exp(double(found[v]));
      // A list leaves something to the pieces that it does not have.
      bool listed = !sentences[at[r]].list.empty();
      expect(
          total < 1 + 1e-4 && (listed || total > 1 - 1e-4),
          std::string(variant.name) + ": probabilities sum to " + std::to_string(total));
    }
    if (t == 1) {
      reorder(*session, turned.data(), rows);
      at.assign(chosen.rbegin(), chosen.rend());
    }
  }
  free_session(session);
  return traces;
}

// The largest difference; infinity where one is infinite or no number and the other is not.
float difference(const Trace& a, const Trace& b) {
  if (a.size() != b.size()) return INFINITY;
  float most = 0;
  for (size_t i = 0; i < a.size(); i++) {
    if (same_bits(a[i], b[i])) continue;
    float d = std::fabs(a[i] - b[i]);
    if (!(d <= most)) most = std::isnan(d) ? INFINITY : d;
  }
  return most;
}

float difference(const std::vector<Trace>& a, const std::vector<Trace>& b) {
  float most = 0;
  for (size_t i = 0; i < a.size(); i++) most = std::fmax(most, difference(a[i], b[i]));
  return most;
}

// Where a compiler joins a product and a sum into one instruction for one variant and not for the other, an activation can fall on the
// other side of a half and comes out as the next of its 255 values.
float tolerance(const std::string& name) {
#if defined(__x86_64__)
  return name == "generic" ? 0 : 0.15f;
#else
  (void)name;
  return 0;
#endif
}

// So long that the encoder takes them in parts: some sentences after others, experts of some positions after others, gates' inputs of
// some steps ahead of others.
void check_long_sentences(const Variant& variant, const Named& named) {
  Made made(named.c);
  Random random(13);
  std::vector<Sentence> sentences;
  std::vector<int> all;
  for (int length : {700, 650, 600, 500, 90, 1, 300, 2}) {
    all.push_back(int(sentences.size()));
    sentences.emplace_back();
    for (int t = 0; t < length; t++) sentences.back().ids.push_back(below(random, named.c.vocabulary));
  }
  std::vector<Trace> together = decode(made.network, variant, 1, sentences, all);
  for (int i : all) {
    expect(
        difference(together[i], decode(made.network, variant, 3, sentences, {i})[i]) == 0,
        std::string(variant.name) + ", " + named.name + ": a sentence of " + std::to_string(sentences[i].ids.size())
            + " pieces is another in company");
  }
}

void check_network(const Variant& variant, const Variant& plain, const Named& named, int expert_bits) {
  Made made(named.c, expert_bits);
  constexpr int COMPANY = 40;
  std::vector<Sentence> sentences = sentences_for(named.c, COMPANY);
  std::vector<int> all(COMPANY);
  for (int i = 0; i < COMPANY; i++) all[i] = i;
  std::string of = std::string(variant.name) + ", " + named.name + ", experts in " + std::to_string(expert_bits) + " bits: ";
  std::vector<Trace> together = decode(made.network, variant, 1, sentences, all);
  if (expert_bits == 4) {
    Made same(named.c, 8, true);
    expect(
        difference(together, decode(same.network, variant, 1, sentences, all)) == 0,
        of + "not what the same weights in 8 bits give");
  }
  std::vector<Trace> shared = decode(made.network, variant, 3, sentences, all);
  expect(difference(together, shared) == 0, of + "three threads give something else than one");
  for (int i = 0; i < COMPANY; i += 3) {
    expect(
        difference(together[i], decode(made.network, variant, 1, sentences, {i})[i]) == 0,
        of + "sentence " + std::to_string(i) + " is another in company");
    int other = (i + 1) % COMPANY;
    std::vector<Trace> two = decode(made.network, variant, 3, sentences, {other, i});
    expect(
        difference(together[i], two[i]) == 0 && difference(together[other], two[other]) == 0,
        of + "sentences " + std::to_string(i) + " and " + std::to_string(other) + " are others in company");
  }
  float apart = difference(together, decode(made.network, plain, 1, sentences, all));
  std::printf("  %-34s experts in %d bits: furthest from plain %g\n", named.name, expert_bits, apart);
  expect(apart <= tolerance(variant.name), of + "differs from the plain variant by " + std::to_string(apart));
}

void check_refusals() {
  Made made(NETWORKS[0].c);
  float value = 0;
  try {
    set_tensor(*made.network, "softmax.bias", {F32, &value, nullptr, {1}, false});
    expect(false, "a tensor of another shape was taken");
  } catch (const std::invalid_argument& e) {
    expect(std::strstr(e.what(), "softmax.bias has shape [1]") != nullptr, std::string("a strange error: ") + e.what());
  }
  expect(!set_tensor(*made.network, "nothing.of.ours", {F32, &value, nullptr, {1}, false}), "a tensor without a place was taken");
  expect(variant("quantum") == nullptr, "a variant that there is not was found");
}

}  // namespace

int main(int count, char** arguments) {
  const Variant* fastest = variant("");
  std::string wanted = count > 1 ? arguments[1] : fastest->name;
  std::printf("fastest here: %s\n", fastest->name);
  expect(wanted == fastest->name, "the fastest variant was to be " + wanted + ", and is " + fastest->name);
  const Variant* plain = variant("generic");
  check_refusals();
  for (const char* name : {"amx", "avx512", "avx2", "neon", "generic"}) {
    const Variant* found = variant(name);
    if (!found) continue;
    std::printf("%s\n", name);
    Random random(5);
    Made made(NETWORKS[0].c);
    for (int lanes : {1, 3}) {
      Session* session = new_session(made.network, lanes);
      for (int bits : {8, 4}) {
        for (int rows : {1, 3, 4, 5, 6, 7, 16, 17, 33, 64, 129, 300}) {
          check_product(*found, random, *session, bits, rows, 1 + below(random, 20), 1 + below(random, 90));
          check_product(*found, random, *session, bits, rows, 64 * (1 + below(random, 3)), 64);
          check_product(*found, random, *session, bits, rows, 300 + below(random, 200), 65 + below(random, 100));
        }
      }
      free_session(session);
    }
    for (const Named& named : NETWORKS) {
      for (int bits : {8, 4}) check_network(*found, *plain, named, bits);
      check_long_sentences(*found, named);
    }
    expect(peak_operations(*found) > 0, std::string(name) + ": no operations in a second");
    expect(read_rate(*found, size_t(1) << 20) > 0, std::string(name) + ": nothing read in a second");
  }
  if (failures > 0) {
    std::fprintf(stderr, "%d checks failed\n", failures);
    return 1;
  }
  std::printf("all checks passed\n");
  return 0;
}
