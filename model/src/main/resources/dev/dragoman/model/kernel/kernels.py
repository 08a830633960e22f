# The arithmetic of the network, as TorchScript in its serialised form: read by libtorch itself, no Python anywhere.
#
# Shapes: T time steps, B sentences, N rows (real positions, padding left out), D width, H hidden size, E experts,
# k experts per row, A attention size, V vocabulary. Sequences are time-major, [T, B, D].
# Element types are numbers in this form: 4 int64, 5 float16, 6 float32, 7 float64, 15 bfloat16.
# 'compute' is the type in which products run, 'expert_compute' that of the experts in serving; sums that need more bits (gates, losses)
# stay in 'wide', which is float32 but for tests.

class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  compute : int
  dropout : float
  wide : int
  expert_compute : int
  experts_per_row : int
  noise_floor : float
  attention_heads : int

  # ---- embedding ------------------------------------------------------------------------------------------------

  # ids [T, B], weight [V, D] -> [T, B, D]
  def embed(self: __torch__.Kernels, ids: Tensor, weight: Tensor) -> Tensor:
    return torch.embedding(weight, ids).to(self.compute)

  # Dropout on a layer's output (survivors are scaled by 1 / (1 - rate)).
  def drop(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.dropout(x, self.dropout, True)

  # Dropout, then the residual connection: h_l = dropout(f(h_{l-1})) + h_{l-1}.
  def drop_add(self: __torch__.Kernels, x: Tensor, below: Tensor) -> Tensor:
    return torch.dropout(x, self.dropout, True) + below

  def add(self: __torch__.Kernels, x: Tensor, below: Tensor) -> Tensor:
    return x + below

  # ---- LSTM -----------------------------------------------------------------------------------------------------

  # weights: [4C, I], [4C, R], [4C] (gate order i, f, g, o), where the gates are normalised their gains [4C], and [R, C] where the output is
  # projected.
  def is_normalised(self: __torch__.Kernels, weights: List[Tensor]) -> bool:
    normalised = False
    if len(weights) > 3:
      normalised = weights[3].dim() == 1
    return normalised

  # Matrices in the type of products, vectors in the wide one.
  def cast_normalised(self: __torch__.Kernels, weights: List[Tensor]) -> List[Tensor]:
    cast = annotate(List[Tensor], [])
    for weight in weights:
      if weight.dim() == 1:
        cast.append(weight.to(self.wide))
      else:
        cast.append(weight.to(self.compute))
    return cast

  # One step of a layer with normalised gates (Ba et al. 2016, as in RNMT+): what each of the four is made of, input and state together,
  # is brought to mean 0 and variance 1 over the cells, then to its gain and bias. gates [N, 4C], the part of the input; state h [N, R] and,
  # in the wide type, s [N, C] -> new h, new s.
  def normalised_step(self: __torch__.Kernels, gates: Tensor, cast: List[Tensor], h: Tensor, s: Tensor) -> Tuple[Tensor, Tensor]:
    cells = s.size(1)
    mixed = torch.addmm(gates, h, cast[1].t()).view(-1, 4, cells)
    standard = torch.layer_norm(mixed, [cells], None, None, 1e-6, False)
    i, f, g, o, = torch.unbind(torch.addcmul(cast[2].view(4, cells), standard, cast[3].view(4, cells)), 1)
    next_s = torch.addcmul(torch.sigmoid(f) * s, torch.sigmoid(i), torch.tanh(g))
    next_h = (torch.sigmoid(o) * torch.tanh(next_s)).to(cast[1].dtype)
    if len(cast) > 4:
      next_h = torch.linear(next_h, cast[4])
    return (next_h, next_s)

  # The layer with normalised gates over a sequence: the input's part of all steps at once.
  def lstm_normalised(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tensor:
    cast = self.cast_normalised(weights)
    h = torch.zeros([x.size(1), weights[1].size(1)], dtype=self.compute, device=x.device)
    s = torch.zeros([x.size(1), weights[1].size(0) // 4], dtype=self.wide, device=x.device)
    outputs = annotate(List[Tensor], [])
    for gates in torch.unbind(torch.linear(x, cast[0]), 0):
      h, s, = self.normalised_step(gates, cast, h, s)
      outputs.append(h)
    return torch.stack(outputs)

  # x [T, B, I] -> [T, B, R], from a zero state.
  def lstm(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tensor:
    if self.is_normalised(weights):
      y = self.lstm_normalised(x, weights)
    else:
      y = self.lstm_plain(x, weights)
    return y

  def lstm_plain(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tensor:
    c = self.compute
    cells = weights[1].size(0) // 4
    outputs = weights[1].size(1)
    zero = torch.zeros([weights[1].size(0)], dtype=c, device=x.device)
    params = [weights[0].to(c), weights[1].to(c), weights[2].to(c), zero]
    if len(weights) > 3:
      params.append(weights[3].to(c))
    h = torch.zeros([1, x.size(1), outputs], dtype=c, device=x.device)
    s = torch.zeros([1, x.size(1), cells], dtype=c, device=x.device)
    y, hn, sn, = torch.lstm(x, [h, s], params, True, 1, 0., True, False, False)
    return y

  # One step of the same layer: x [N, I], state h [N, R], s [N, C] -> new h, new s.
  def lstm_step(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], h: Tensor, s: Tensor) -> Tuple[Tensor, Tensor]:
    if self.is_normalised(weights):
      next_h, next_s, = self.normalised_step(torch.linear(x, weights[0]), weights, h, s)
    else:
      next_h, next_s, = self.plain_step(x, weights, h, s)
    return (next_h, next_s)

  def plain_step(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], h: Tensor, s: Tensor) -> Tuple[Tensor, Tensor]:
    if s.dtype == x.dtype:
      gates = torch.linear(x, weights[0], weights[2]) + torch.linear(h, weights[1])
    else:
      # Where cells have more bits than the products, so has all that is added up into them.
      gates = torch.linear(x, weights[0]).to(s.dtype) + torch.linear(h, weights[1]) + weights[2]
    i, f, g, o, = torch.chunk(gates, 4, 1)
    next_s = torch.sigmoid(f) * s + torch.sigmoid(i) * torch.tanh(g)
    next_h = (torch.sigmoid(o) * torch.tanh(next_s)).to(x.dtype)
    if len(weights) > 3:
      next_h = torch.linear(next_h, weights[3])
    return (next_h, next_s)

  # Zero state of N rows: of each layer its output, in the type of products, and its cells, in the wide one; what follows the last is as an
  # output. sizes [R, C, R, C, ..].
  def zero_state(self: __torch__.Kernels, like: Tensor, rows: int, sizes: List[int]) -> List[Tensor]:
    state = annotate(List[Tensor], [])
    for i in range(len(sizes)):
      if i % 2 == 0:
        state.append(torch.zeros([rows, sizes[i]], dtype=self.compute, device=like.device))
      else:
        state.append(torch.zeros([rows, sizes[i]], dtype=self.wide, device=like.device))
    return state

  # Forward and backward layer side by side. reversal [T * B]: for each position the flat index of its mirror image
  # within its own sentence (padding maps to itself), so that the backward layer starts at the last real token.
  # Both outputs in the order of the input.
  def both_ways(self: __torch__.Kernels, x: Tensor, reversal: Tensor, forward_weights: List[Tensor], backward_weights: List[Tensor]) -> List[Tensor]:
    t = x.size(0)
    b = x.size(1)
    mirrored = x.flatten(0, 1).index_select(0, reversal).view(t, b, x.size(2))
    ahead = self.lstm(x, forward_weights)
    back = self.lstm(mirrored, backward_weights)
    restored = back.flatten(0, 1).index_select(0, reversal).view(t, b, back.size(2))
    return [ahead, restored]

  def lstm_both_ways(self: __torch__.Kernels, x: Tensor, reversal: Tensor, forward_weights: List[Tensor], backward_weights: List[Tensor]) -> Tensor:
    return torch.cat(self.both_ways(x, reversal, forward_weights, backward_weights), 2)

  def lstm_both_ways_summed(self: __torch__.Kernels, x: Tensor, reversal: Tensor, forward_weights: List[Tensor], backward_weights: List[Tensor]) -> Tensor:
    both = self.both_ways(x, reversal, forward_weights, backward_weights)
    return both[0] + both[1]

  # x [.., I], weight [O, I] -> [.., O]
  def project(self: __torch__.Kernels, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x, weight.to(self.compute))

  # Side by side: [.., I] and [.., J] -> [.., I + J]
  def beside(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.cat([x, y], -1)

  # ---- attention ------------------------------------------------------------------------------------------------

  # Scores of queries [B, T, A] against keys [B, S, A]: equation 22 (factorised) or 21 of Shazeer et al. 2017,
  # both already projected, keys of the factorised form already through tanh.
  def attention_scores(self: __torch__.Kernels, queries: Tensor, keys: Tensor, v: Tensor, factorised: bool) -> Tensor:
    if factorised:
      scores = torch.bmm(torch.tanh(queries) * v, keys.transpose(1, 2))
    else:
      scores = torch.sum(torch.tanh(queries.unsqueeze(2) + keys.unsqueeze(1)) * v, [3])
    return scores

  # memory [S, B, D] -> keys [B, S, A]
  def attention_keys(self: __torch__.Kernels, memory: Tensor, u: Tensor, factorised: Tensor) -> Tensor:
    keys = torch.linear(memory.transpose(0, 1), u.to(self.compute))
    if bool(factorised):
      keys = torch.tanh(keys)
    return keys

  # The same for heads h, each of which has its part of A: -> [B, h, T, S].
  def scores_of_heads(self: __torch__.Kernels, queries: Tensor, keys: Tensor, v: Tensor, factorised: bool) -> Tensor:
    heads = self.attention_heads
    part = queries.size(2) // heads
    if factorised:
      q = (torch.tanh(queries) * v).view(queries.size(0), queries.size(1), heads, part).transpose(1, 2)
      k = keys.view(keys.size(0), keys.size(1), heads, part).permute([0, 2, 3, 1])
      scores = torch.matmul(q, k)
    else:
      # As a product with v's parts, each in a row of its own, there is no second array as large as that of the sums.
      by_head = torch.block_diag(torch.unbind(v.view(heads, part), 0))
      sums = torch.tanh(queries.unsqueeze(2) + keys.unsqueeze(1))
      scores = torch.linear(sums, by_head).permute([0, 3, 1, 2])
    return scores

  # Attention of several heads: each averages its own part of the memory, of which the context is made up; weights are the mean over the
  # heads. Shapes as of attend, queries already projected.
  def attend_by_heads(self: __torch__.Kernels, projected: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, v: Tensor, factorised: bool) -> Tuple[Tensor, Tensor]:
    heads = self.attention_heads
    scores = self.scores_of_heads(projected, keys, v, factorised)
    weights = torch.softmax(scores.to(self.wide) + mask.unsqueeze(1).unsqueeze(1), -1)
    parts = memory.view(memory.size(0), memory.size(1), heads, memory.size(2) // heads).permute([1, 2, 0, 3])
    context = torch.matmul(weights.to(memory.dtype), parts).permute([2, 0, 1, 3])
    return (context.reshape(projected.size(1), memory.size(1), memory.size(2)), torch.mean(weights, [1]))

  # queries [T, B, D], memory [S, B, D], keys [B, S, A], mask [B, S] (0 or -inf) -> context [T, B, D], weights [B, T, S]
  def attend(self: __torch__.Kernels, queries: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: Tensor) -> Tuple[Tensor, Tensor]:
    return self.attend_as(queries, memory, keys, mask, w, v, bool(factorised))

  # The same where nothing is recorded; the kind of score is a number then, which a GPU need not be asked for.
  def attend_serving(self: __torch__.Kernels, queries: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: int) -> Tuple[Tensor, Tensor]:
    return self.attend_as(queries, memory, keys, mask, w, v, factorised != 0)

  def attend_as(self: __torch__.Kernels, queries: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: bool) -> Tuple[Tensor, Tensor]:
    c = self.compute
    projected = torch.linear(queries.transpose(0, 1), w.to(c))
    if self.attention_heads > 1:
      context, weights, = self.attend_by_heads(projected, memory, keys, mask, v.to(c), factorised)
    else:
      scores = self.attention_scores(projected, keys, v.to(c), factorised)
      weights = torch.softmax(scores.to(6) + mask.unsqueeze(1), -1)
      context = torch.bmm(weights.to(c), memory.transpose(0, 1)).transpose(0, 1)
    return (context, weights)

  # The first decoder layer under teacher forcing, where it reads a context beside its input: that attended from its previous output
  # (zeros at first). x [T, B, D] -> outputs [T, B, R] and the contexts that the steps read [T, B, D]; or, where it is fed, the contexts
  # attended from the steps' outputs, of which the next step reads each one, the first step zeros.
  def lstm_with_attention(self: __torch__.Kernels, x: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: Tensor, fed: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor]:
    if self.is_normalised(weights):
      outputs, contexts, = self.normalised_with_attention(x, memory, keys, mask, w, v, factorised, bool(fed), weights)
    else:
      outputs, contexts, = self.plain_with_attention(x, memory, keys, mask, w, v, factorised, bool(fed), weights)
    return (outputs, contexts)

  def plain_with_attention(self: __torch__.Kernels, x: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: Tensor, fed: bool, weights: List[Tensor]) -> Tuple[Tensor, Tensor]:
    c = self.compute
    cast = annotate(List[Tensor], [])
    for weight in weights:
      cast.append(weight.to(c))
    h = torch.zeros([x.size(1), weights[1].size(1)], dtype=c, device=x.device)
    s = torch.zeros([x.size(1), weights[1].size(0) // 4], dtype=c, device=x.device)
    context = torch.zeros([1, x.size(1), memory.size(2)], dtype=c, device=x.device)
    outputs = annotate(List[Tensor], [])
    contexts = annotate(List[Tensor], [])
    for t in range(x.size(0)):
      if not fed:
        context, _p, = self.attend(h.unsqueeze(0), memory, keys, mask, w, v, factorised)
      h, s, = self.lstm_step(torch.cat([x[t], context[0]], 1), cast, h, s)
      if fed:
        context, _q, = self.attend(h.unsqueeze(0), memory, keys, mask, w, v, factorised)
      outputs.append(h)
      contexts.append(context[0])
    return (torch.stack(outputs), torch.stack(contexts))

  def normalised_with_attention(self: __torch__.Kernels, x: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: Tensor, fed: bool, weights: List[Tensor]) -> Tuple[Tensor, Tensor]:
    cast = self.cast_normalised(weights)
    h = torch.zeros([x.size(1), weights[1].size(1)], dtype=self.compute, device=x.device)
    s = torch.zeros([x.size(1), weights[1].size(0) // 4], dtype=self.wide, device=x.device)
    context = torch.zeros([1, x.size(1), memory.size(2)], dtype=self.compute, device=x.device)
    of_context = cast[0].narrow(1, x.size(2), memory.size(2))
    outputs = annotate(List[Tensor], [])
    contexts = annotate(List[Tensor], [])
    for gates in torch.unbind(torch.linear(x, cast[0].narrow(1, 0, x.size(2))), 0):
      if not fed:
        context, _p, = self.attend(h.unsqueeze(0), memory, keys, mask, w, v, factorised)
      h, s, = self.normalised_step(torch.addmm(gates, context[0], of_context.t()), cast, h, s)
      if fed:
        context, _q, = self.attend(h.unsqueeze(0), memory, keys, mask, w, v, factorised)
      outputs.append(h)
      contexts.append(context[0])
    return (torch.stack(outputs), torch.stack(contexts))

  # x + context . weight: how the parallel form hands the context to the layers above.
  def add_projected(self: __torch__.Kernels, x: Tensor, context: Tensor, weight: Tensor) -> Tensor:
    return x + torch.linear(context, weight.to(self.compute))

  # ---- gates of a mixture of experts ----------------------------------------------------------------------------
  #
  # A gate turns rows x [N, D] into A assignments of rows to experts: gates [A], rows [A] (int64) and experts [A] (int64). Gates run in
  # the wide type. When training they also give importance [E], load [E] and the balance terms: squared coefficients of variation of
  # both, and third, for the strictly balanced gates, the loss of the thresholds.

  # Squared coefficient of variation, population variance (equations 7 and 11).
  def cv_squared(self: __torch__.Kernels, v: Tensor) -> Tensor:
    mean = torch.mean(v)
    return torch.mean(torch.square(v - mean)) / (torch.square(mean) + 1e-10)

  # Sum of values [A] per index, [n].
  def sum_per(self: __torch__.Kernels, index: Tensor, values: Tensor, n: int) -> Tensor:
    return torch.zeros([n], dtype=values.dtype, device=values.device).index_add(0, index, values)

  # Row numbers 0, 0, .., 1, 1, .., each 'times' times.
  def rows_each(self: __torch__.Kernels, n: int, times: int, like: Tensor) -> Tensor:
    return torch.div(torch.arange(n * times, device=like.device), times, rounding_mode="floor")

  # ---- noisy top-k
  #
  # The gradient is explicit, since the engine's graph would keep and pass over some twenty matrices [N, n]. All passes of the way forward
  # are over a few rows at a time, which stay in the cache; what the way back needs of each logit, its slope, is kept in one matrix.

  # Equations 3 to 5 and 8 to 10 for rows x [N, D], w [D, 2n] with the columns of the clean logits and then those of the noise, standard
  # normal epsilon [N, n]. Gives gates [N, k]; chosen [N, k + 1], the best choices of which the last is not taken, [N, k] where k = n; the
  # slope of their noisy logits by the noise's columns, shaped alike; the load [n]; and slopes [N, 2n] of the load by both columns.
  def choose_noisily(self: __torch__.Kernels, x: Tensor, w: Tensor, epsilon: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    n = epsilon.size(1)
    k = min(self.experts_per_row, n)
    most = min(k + 1, n)
    count = x.size(0)
    gates = torch.empty([count, k], dtype=x.dtype, device=x.device)
    chosen = torch.empty([count, most], dtype=4, device=x.device)
    noise_slopes = torch.empty([count, most], dtype=x.dtype, device=x.device)
    load = torch.zeros([n], dtype=x.dtype, device=x.device)
    slopes = torch.zeros([0, 2 * n], dtype=self.compute, device=x.device)
    if k < n:
      slopes = torch.empty([count, 2 * n], dtype=self.compute, device=x.device)
    else:
      # Each choice is kept, whatever the noise.
      load.add_(count)
    step = max(64, 262144 // n)
    at = 0
    while at < count:
      size = min(step, count - at)
      both = torch.mm(x.narrow(0, at, size), w)
      clean = both.narrow(1, 0, n)
      raw = both.narrow(1, n, n)
      draws = epsilon.narrow(0, at, size)
      scale = torch.softplus(raw).add_(self.noise_floor)
      top, here, = torch.topk(torch.addcmul(clean, draws, scale), most, 1, True, True)
      _0 = torch.copy_(gates.narrow(0, at, size), torch.softmax(top.narrow(1, 0, k), 1))
      _1 = torch.copy_(chosen.narrow(0, at, size), here)
      _2 = torch.copy_(noise_slopes.narrow(0, at, size), torch.sigmoid(raw.gather(1, here)).mul_(draws.gather(1, here)))
      if k < n:
        # How far a choice is from where it would fall out or come in, in its own noise: the taken from the best of the others, the
        # others from the last taken.
        taken = here.narrow(1, 0, k)
        margin = (clean.gather(1, taken) - top.narrow(1, k, 1)) / scale.gather(1, taken)
        z = torch.sub(clean, top.narrow(1, k - 1, 1)).div_(scale).scatter_(1, taken, margin)
        load.add_(torch.sum(torch.erfc(torch.mul(z, -0.7071067811865476)), [0]), alpha=0.5)
        density = torch.square(z).mul_(-0.5).exp_().mul_(0.3989422804014327).div_(scale)
        both_slopes = slopes.narrow(0, at, size)
        _3 = torch.copy_(both_slopes.narrow(1, 0, n), density)
        _4 = torch.copy_(both_slopes.narrow(1, n, n), density.mul_(z).mul_(torch.sigmoid(raw)).neg_())
      at += size
    return (gates, chosen, noise_slopes, load, slopes)

  # From the gradients of gates [N, k] and load [n] to those of x [N, D] and w [D, 2n]; the slopes are spent.
  def choose_noisily_backward(self: __torch__.Kernels, x: Tensor, w: Tensor, gates: Tensor, chosen: Tensor, noise_slopes: Tensor, slopes: Tensor, d_gates: Tensor, d_load: Tensor) -> Tuple[Tensor, Tensor]:
    c = self.compute
    k = gates.size(1)
    n = d_load.size(0)
    d_top = gates * (d_gates - torch.sum(gates * d_gates, [1], True))
    if k < n:
      g = slopes.mul_(torch.cat([d_load, d_load]).to(c))
      # The thresholds are logits too: of all that is not taken the last taken one, of the taken the best of the others.
      of_clean = g.narrow(1, 0, n)
      inside = torch.sum(of_clean.gather(1, chosen.narrow(1, 0, k)), [1], True, dtype=self.wide)
      outside = torch.sum(of_clean, [1], True, dtype=self.wide) - inside
      _0 = torch.sub_(d_top.narrow(1, k - 1, 1), outside)
      d_top = torch.cat([d_top, torch.neg(inside)], 1)
    else:
      g = torch.zeros([x.size(0), 2 * n], dtype=c, device=x.device)
    g = g.scatter_add_(1, chosen, d_top.to(c)).scatter_add_(1, chosen + n, (d_top * noise_slopes).to(c))
    return (torch.mm(g, w.to(c).t()).to(self.wide), torch.mm(x.to(c).t(), g).to(self.wide))

  # One level: w_gate, w_noise [D, E], epsilon [N, E]. Gates, rows and experts of the assignments, the load [E], and what the way back takes.
  def noisy_gates(self: __torch__.Kernels, x: Tensor, w_gate: Tensor, w_noise: Tensor, epsilon: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    gates, chosen, noise_slopes, load, slopes, = self.choose_noisily(x, torch.cat([w_gate, w_noise], 1), epsilon)
    experts = chosen.narrow(1, 0, gates.size(1)).reshape([-1])
    return (gates.reshape([-1]), self.rows_each(x.size(0), gates.size(1), x), experts, load, gates, chosen, noise_slopes, slopes)

  # Gradients of gates [A] and load [E] -> of x, w_gate and w_noise.
  def noisy_gates_backward(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], saved: List[Tensor], d_gates: Tensor, d_load: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    dx, dw, = self.choose_noisily_backward(x, torch.cat(weights, 1), saved[0], saved[1], saved[2], saved[3], d_gates.view(x.size(0), -1), d_load)
    n = d_load.size(0)
    return (dx, dw.narrow(1, 0, n), dw.narrow(1, n, n))

  # Two levels (appendix B): k groups per row by a noisy gate over groups, k experts in each by the group's own gate.
  # w_group, w_group_noise [D, G], w_gate, w_noise [G, D, n], epsilons [N, G] and [N * k, n]; E = G * n. Gates, rows and experts of the
  # assignments, sums over rows [G, 2 + n] (of each group its smooth load, its number of rows and the loads within it), and what the way
  # back takes. Inside, the visits of rows to groups are sorted by group, so that each group works on its own in one go.
  def noisy_gates_of_groups(self: __torch__.Kernels, x: Tensor, w_group: Tensor, w_group_noise: Tensor, w_gate: Tensor, w_noise: Tensor, epsilon_group: Tensor, epsilon: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    n_groups = w_group.size(1)
    n = w_gate.size(2)
    k = min(self.experts_per_row, n)
    most = min(k + 1, n)
    group_gates, groups, group_noise_slopes, group_load, group_slopes, = self.choose_noisily(x, torch.cat([w_group, w_group_noise], 1), epsilon_group)
    per_row = group_gates.size(1)
    group = groups.narrow(1, 0, per_row).reshape([-1])
    visits = group.size(0)
    _0, order, = torch.sort(group, stable=True, dim=0, descending=False)
    visitors = torch.div(order, per_row, rounding_mode="floor")
    counts = torch.bincount(group, minlength=n_groups)
    sizes = annotate(List[int], counts.tolist())
    inner = torch.empty([visits, k], dtype=x.dtype, device=x.device)
    chosen = torch.empty([visits, most], dtype=4, device=x.device)
    noise_slopes = torch.empty([visits, most], dtype=x.dtype, device=x.device)
    loads = torch.zeros([n_groups, n], dtype=x.dtype, device=x.device)
    slopes = torch.empty([visits, 2 * n], dtype=self.compute, device=x.device)
    at = 0
    for g in range(n_groups):
      size = sizes[g]
      if size > 0:
        w = torch.cat([torch.select(w_gate, 0, g), torch.select(w_noise, 0, g)], 1)
        here = x.index_select(0, visitors.narrow(0, at, size))
        gates_here, chosen_here, noise_slopes_here, load_here, slopes_here, = self.choose_noisily(here, w, epsilon.index_select(0, order.narrow(0, at, size)))
        _1 = torch.copy_(inner.narrow(0, at, size), gates_here)
        _2 = torch.copy_(chosen.narrow(0, at, size), chosen_here)
        _3 = torch.copy_(noise_slopes.narrow(0, at, size), noise_slopes_here)
        _4 = torch.copy_(torch.select(loads, 0, g), load_here)
        if k < n:
          _5 = torch.copy_(slopes.narrow(0, at, size), slopes_here)
        at += size
    places = torch.empty_like(order).scatter_(0, order, torch.arange(visits, device=x.device))
    gates = group_gates.reshape([-1, 1]) * inner.index_select(0, places)
    experts = group.unsqueeze(1) * n + chosen.narrow(1, 0, k).index_select(0, places)
    sums = torch.cat([torch.stack([group_load, counts.to(x.dtype)], 1), loads], 1)
    rows = self.rows_each(x.size(0), per_row * k, x)
    return (gates.reshape([-1]), rows, experts.reshape([-1]), sums, group_gates, groups, group_noise_slopes, group_slopes, order, places, inner, chosen, noise_slopes, slopes, counts)

  # Gradients of gates [A] and sums [G, 2 + n] -> of x and of the four weights.
  def noisy_gates_of_groups_backward(self: __torch__.Kernels, x: Tensor, weights: List[Tensor], saved: List[Tensor], d_gates: Tensor, d_sums: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    group_gates = saved[0]
    order = saved[4]
    places = saved[5]
    inner = saved[6]
    chosen = saved[7]
    noise_slopes = saved[8]
    slopes = saved[9]
    n_groups = weights[0].size(1)
    n = weights[2].size(2)
    visits = order.size(0)
    d_products = d_gates.view(visits, -1).index_select(0, order)
    d_inner = d_products * group_gates.reshape([-1, 1]).index_select(0, order)
    d_group_gates = torch.sum(d_products * inner, [1]).index_select(0, places).view(x.size(0), -1)
    dx, d_groups, = self.choose_noisily_backward(x, torch.cat([weights[0], weights[1]], 1), group_gates, saved[1], saved[2], saved[3], d_group_gates, torch.select(d_sums, 1, 0))
    d_gate = torch.zeros_like(weights[2])
    d_noise = torch.zeros_like(weights[3])
    dx_visits = torch.empty([visits, x.size(1)], dtype=x.dtype, device=x.device)
    visitors = torch.div(order, group_gates.size(1), rounding_mode="floor")
    sizes = annotate(List[int], saved[10].tolist())
    at = 0
    for g in range(n_groups):
      size = sizes[g]
      if size > 0:
        w = torch.cat([torch.select(weights[2], 0, g), torch.select(weights[3], 0, g)], 1)
        here = x.index_select(0, visitors.narrow(0, at, size))
        dx_here, dw, = self.choose_noisily_backward(here, w, inner.narrow(0, at, size), chosen.narrow(0, at, size), noise_slopes.narrow(0, at, size), slopes.narrow(0, at, size), d_inner.narrow(0, at, size), torch.select(d_sums, 0, g).narrow(0, 2, n))
        _0 = torch.copy_(dx_visits.narrow(0, at, size), dx_here)
        _1 = torch.copy_(torch.select(d_gate, 0, g), dw.narrow(1, 0, n))
        _2 = torch.copy_(torch.select(d_noise, 0, g), dw.narrow(1, n, n))
        at += size
    dx = dx + torch.sum(dx_visits.index_select(0, places).view(x.size(0), -1, x.size(1)), [1])
    return (dx, torch.narrow(d_groups, 1, 0, n_groups), torch.narrow(d_groups, 1, n_groups, n_groups), d_gate, d_noise)

  # Importance [E], load [E] and balance terms of noisy gates [A] that chose 'experts', from their sums over rows: the load itself, or [G, 2 + n].
  def noisy_balance(self: __torch__.Kernels, gates: Tensor, experts: Tensor, sums: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    if sums.dim() == 1:
      load = sums
    else:
      load = self.load_of_groups(sums)
    importance = self.sum_per(experts, gates, load.size(0))
    return (importance, load, torch.stack([self.cv_squared(importance), self.cv_squared(load)]))

  # Equation 14 from sums over rows: of each group its smooth load, its count of rows and the loads within it, [G, 2 + n] -> [G * n].
  def load_of_groups(self: __torch__.Kernels, sums: Tensor) -> Tensor:
    share = torch.select(sums, 1, 0) / torch.clamp_min(torch.select(sums, 1, 1), 1)
    return (share.unsqueeze(1) * sums.narrow(1, 2, sums.size(1) - 2)).reshape([-1])

  # Every expert for every row, weighted by a softmax (equation 2).
  def softmax_gates(self: __torch__.Kernels, x: Tensor, w_gate: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    n = w_gate.size(1)
    gates = torch.softmax(torch.mm(x, w_gate), 1)
    experts = torch.arange(n, device=x.device).repeat([x.size(0)])
    importance = torch.sum(gates, [0])
    load = torch.full([n], float(x.size(0)), dtype=x.dtype, device=x.device)
    terms = torch.stack([self.cv_squared(importance), self.cv_squared(load)])
    return (gates.reshape([-1]), self.rows_each(x.size(0), n, x), experts, importance, load, terms)

  # Softmax gates [.., n] of the rows that batchwise masks (equation 18) picked, renormalised over each row's picks (equation 16).
  # g [B, R, n]: B batches of R rows with their own masks; each choice keeps its best 'most' rows.
  # Returns renormalised gates, rows within their batch, and choices, all [B, most, n].
  def pick_rows(self: __torch__.Kernels, g: Tensor, most: int) -> Tuple[Tensor, Tensor, Tensor]:
    _0, rows, = torch.topk(g.detach(), most, 1, True, True)
    kept = g.gather(1, rows)
    sums = torch.zeros_like(g.select(2, 0)).scatter_add(1, rows.flatten(1, 2), kept.flatten(1, 2))
    # A row whose only picks are so unlike it that their gates are zero gets nothing from them, rather than 0 / 0.
    gates = kept.flatten(1, 2) / torch.clamp_min(sums.gather(1, rows.flatten(1, 2)), 1e-30)
    choices = torch.arange(g.size(2), device=g.device).expand([g.size(0), most, g.size(2)])
    return (gates.view(rows.size(0), most, g.size(2)), rows, choices)

  # Equation 20 per row, for thresholds [B, n] of gates g [B, R, n] whose batchwise masks picked 'rows' [B, most, n]: a gradient reaches
  # the thresholds only.
  def threshold_loss(self: __torch__.Kernels, g: Tensor, rows: Tensor, thresholds: Tensor) -> Tensor:
    fixed = g.detach()
    t = thresholds.unsqueeze(1)
    batchwise = torch.zeros_like(fixed).scatter_(1, rows, torch.ones_like(fixed))
    over = torch.gt(fixed, t.detach()).to(g.dtype)
    return torch.sum((over - batchwise) * (fixed - t)) / g.size(1)

  # Strictly balanced gating, one level (appendix F). w_gate [D, E], log_thresholds [E].
  def balanced_gates(self: __torch__.Kernels, x: Tensor, w_gate: Tensor, log_thresholds: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    n = w_gate.size(1)
    g = torch.softmax(torch.mm(x, w_gate), 1).unsqueeze(0)
    most = self.rows_per_choice(x.size(0), n)
    gates, rows, choices, = self.pick_rows(g, most)
    flat = gates.reshape([-1])
    experts = choices.reshape([-1])
    importance = self.sum_per(experts, flat, n)
    load = torch.full([n], float(most), dtype=x.dtype, device=x.device)
    loss = self.threshold_loss(g, rows, torch.exp(log_thresholds).unsqueeze(0))
    terms = torch.stack([self.cv_squared(importance), self.cv_squared(load), loss])
    return (flat, rows.reshape([-1]), experts, importance, load, terms)

  # m = k |X| / n (equation 18), at least one row and at most all.
  def rows_per_choice(self: __torch__.Kernels, n_rows: int, n: int) -> int:
    k = min(self.experts_per_row, n)
    return max(1, min(n_rows, (2 * k * n_rows + n) // (2 * n)))

  # Strictly balanced gating of two levels: each group picks its rows, in each group each expert picks among them.
  # w_group [D, G], w_gate [G, D, n], log_group_thresholds [G], log_thresholds [G, n].
  def balanced_gates_of_groups(self: __torch__.Kernels, x: Tensor, w_group: Tensor, w_gate: Tensor, log_group_thresholds: Tensor, log_thresholds: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    n_groups = w_group.size(1)
    n = w_gate.size(2)
    g = torch.softmax(torch.mm(x, w_group), 1).unsqueeze(0)
    most = self.rows_per_choice(x.size(0), n_groups)
    group_gates, group_rows, _0, = self.pick_rows(g, most)
    members = group_rows[0].t()
    inner = torch.softmax(torch.bmm(x.index_select(0, members.reshape([-1])).view(n_groups, most, x.size(1)), w_gate), 2)
    inner_most = self.rows_per_choice(most, n)
    inner_gates, inner_rows, choices, = self.pick_rows(inner, inner_most)
    index = inner_rows.flatten(1, 2)
    gates = (inner_gates.flatten(1, 2) * group_gates[0].t().gather(1, index)).reshape([-1])
    rows = members.gather(1, index).reshape([-1])
    firsts = (torch.arange(n_groups, device=x.device) * n).view(n_groups, 1, 1)
    experts = (choices + firsts).reshape([-1])
    importance = self.sum_per(experts, gates, n_groups * n)
    load = torch.full([n_groups * n], float(inner_most), dtype=x.dtype, device=x.device)
    loss = self.threshold_loss(g, group_rows, torch.exp(log_group_thresholds).unsqueeze(0)) + self.threshold_loss(inner, inner_rows, torch.exp(log_thresholds))
    terms = torch.stack([self.cv_squared(importance), self.cv_squared(load), loss])
    return (gates, rows, experts, importance, load, terms)

  # ---- gates in serving: no noise, assignments in the order of their rows ------------------------------------------

  def serve_noisy(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    k = min(self.experts_per_row, weights[0].size(1))
    top, experts, = torch.topk(torch.mm(x, weights[0]), k, 1, True, True)
    return (torch.softmax(top, 1).reshape([-1]), self.rows_each(x.size(0), k, x), experts.reshape([-1]))

  # x times the matrix of each row's group: x [N, D], group [N], stack [G, D, n] -> [N, n], each group one product.
  def mm_per_group(self: __torch__.Kernels, x: Tensor, group: Tensor, stack: Tensor) -> Tensor:
    by_group, order, = torch.sort(group, stable=True, dim=0, descending=False)
    chosen, _0, counted, = torch.unique_consecutive(by_group, False, True)
    ids = annotate(List[int], chosen.tolist())
    rows = torch.split_with_sizes(x.index_select(0, order), annotate(List[int], counted.tolist()), 0)
    parts = annotate(List[Tensor], [])
    for i in range(len(ids)):
      parts.append(torch.mm(rows[i], torch.select(stack, 0, ids[i])))
    return torch.cat(parts, 0).index_select(0, torch.argsort(order, dim=0))

  def serve_noisy_groups(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    group_gates, group_rows, group, = self.serve_noisy(x, weights)
    return self.choose_within(x, group_gates, group, self.mm_per_group(x.index_select(0, group_rows), group, weights[1]), weights)

  # Experts within the groups, of logits [G, n] of each choice of a group.
  def choose_within(self: __torch__.Kernels, x: Tensor, group_gates: Tensor, group: Tensor, logits: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    n = weights[1].size(2)
    k = min(self.experts_per_row, n)
    top, chosen, = torch.topk(logits, k, 1, True, True)
    gates = group_gates.unsqueeze(1) * torch.softmax(top, 1)
    experts = group.unsqueeze(1) * n + chosen
    times = k * min(self.experts_per_row, weights[0].size(1))
    return (gates.reshape([-1]), self.rows_each(x.size(0), times, x), experts.reshape([-1]))

  def serve_softmax(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    n = weights[0].size(1)
    gates = torch.softmax(torch.mm(x, weights[0]), 1).reshape([-1])
    return (gates, self.rows_each(x.size(0), n, x), torch.arange(n, device=x.device).repeat([x.size(0)]))

  # Gates above their thresholds [1 or N, n] (equation 19), renormalised (equation 16): gates, rows, choices of those that passed.
  # A row may have none, and then appears nowhere.
  def over_thresholds(self: __torch__.Kernels, g: Tensor, thresholds: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    over = torch.gt(g, thresholds)
    sums = torch.sum(g * over.to(g.dtype), [1])
    places = torch.nonzero(over)
    rows = torch.select(places, 1, 0)
    flat = rows * g.size(1) + torch.select(places, 1, 1)
    return (g.reshape([-1]).index_select(0, flat) / sums.index_select(0, rows), rows, torch.select(places, 1, 1))

  def serve_balanced(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    return self.over_thresholds(torch.softmax(torch.mm(x, weights[0]), 1), torch.exp(weights[1]).unsqueeze(0))

  def serve_balanced_groups(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    g = torch.softmax(torch.mm(x, weights[0]), 1)
    group_gates, group_rows, group, = self.over_thresholds(g, torch.exp(weights[2]).unsqueeze(0))
    if group.size(0) == 0:
      return (group_gates, group_rows, group)
    inner = torch.softmax(self.mm_per_group(x.index_select(0, group_rows), group, weights[1]), 1)
    gates, pairs, chosen, = self.over_thresholds(inner, torch.exp(weights[3]).index_select(0, group))
    return (gates * group_gates.index_select(0, pairs), group_rows.index_select(0, pairs), group.index_select(0, pairs) * weights[1].size(2) + chosen)

  # The gate of a kind: 0 noisy top-k, 1 noisy top-k of two levels, 2 softmax, 3 strictly balanced, 4 strictly balanced of two levels.
  def serve_gate(self: __torch__.Kernels, x: Tensor, kind: int, weights: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    if kind == 0:
      gates, rows, experts, = self.serve_noisy(x, weights)
    elif kind == 1:
      gates, rows, experts, = self.serve_noisy_groups(x, weights)
    elif kind == 2:
      gates, rows, experts, = self.serve_softmax(x, weights)
    elif kind == 3:
      gates, rows, experts, = self.serve_balanced(x, weights)
    else:
      gates, rows, experts, = self.serve_balanced_groups(x, weights)
    return (gates, rows, experts)

  # ---- experts --------------------------------------------------------------------------------------------------
  #
  # Experts are relu(x . hidden^T) . output^T with stacks hidden [E, H, D] and output [E, D, H]. In training they stay outside the
  # engine's graph: what forward computed inside an expert is computed again when the gradient is taken (appendix D) unless there is little
  # of it, and a stack's gradient is written for the chosen experts only. Java plans the work: P slots, padded so that neighbouring experts with about
  # as many rows share one batched product. 'plan' holds four numbers per product: first expert, number of experts, slots of each,
  # and whether the gradient is added to what is there.

  # Fills all with random numbers, uniform in [-bound, bound).
  def spread(self: __torch__.Kernels, into: List[Tensor], bound: float) -> int:
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for t in into:
      torch.uniform_(t, -bound, bound)
    torch.set_grad_enabled(recording)
    return len(into)

  # Uniform numbers in [-bound, bound] where 'like' is, in bfloat16 or float32.
  def uniform(self: __torch__.Kernels, like: Tensor, shape: List[int], bound: float, narrow: int) -> Tensor:
    if narrow != 0:
      out = torch.empty(shape, dtype=15, device=like.device)
    else:
      out = torch.empty(shape, dtype=6, device=like.device)
    return torch.uniform_(out, -bound, bound)

  def zeros_like(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.zeros_like(x)

  # x [N, D], sources [P] the row in each slot -> outputs of the slots [P, D], and their hidden activations [P, H] if they are to be kept,
  # else [0, H].
  def experts_forward(self: __torch__.Kernels, x: Tensor, sources: Tensor, plan: List[int], w_hidden: Tensor, w_output: Tensor, keep: int) -> Tuple[Tensor, Tensor]:
    c = self.compute
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    width = x.size(1)
    out = torch.empty([sources.size(0), width], dtype=c, device=x.device)
    kept = torch.empty([sources.size(0) * keep, w_hidden.size(1)], dtype=c, device=x.device)
    at = 0
    for i in range(len(plan) // 4):
      first = plan[4 * i]
      n = plan[4 * i + 1]
      capacity = plan[4 * i + 2]
      rows = x.index_select(0, sources.narrow(0, at, n * capacity)).view(n, capacity, width)
      hidden = w_hidden.narrow(0, first, n).to(c).transpose(1, 2)
      if keep != 0:
        h = torch.relu_(torch.bmm(rows, hidden, out=kept.narrow(0, at, n * capacity).view(n, capacity, -1)))
      else:
        h = torch.relu_(torch.bmm(rows, hidden))
      _0 = torch.bmm(h, w_output.narrow(0, first, n).to(c).transpose(1, 2), out=out.narrow(0, at, n * capacity).view(n, capacity, width))
      at += n * capacity
    torch.set_grad_enabled(recording)
    return (out, kept)

  # Gradients of the slots: dy [N, D] of the gated sums, gates [P] (0 in unused slots) -> of the rows in their slots [P, D], of the
  # gates [P]; those of the stacks are written in place. 'kept' is as forward gave it, and spent.
  def experts_backward(self: __torch__.Kernels, x: Tensor, dy: Tensor, sources: Tensor, gates: Tensor, kept: Tensor, plan: List[int], w_hidden: Tensor, w_output: Tensor, g_hidden: Tensor, g_output: Tensor) -> Tuple[Tensor, Tensor]:
    c = self.compute
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    width = x.size(1)
    dx = torch.empty([sources.size(0), width], dtype=c, device=x.device)
    d_gates = torch.empty([sources.size(0)], dtype=self.wide, device=x.device)
    at = 0
    for i in range(len(plan) // 4):
      first = plan[4 * i]
      n = plan[4 * i + 1]
      capacity = plan[4 * i + 2]
      slots = n * capacity
      here = sources.narrow(0, at, slots)
      hidden = w_hidden.narrow(0, first, n).to(c)
      rows = x.index_select(0, here).view(n, capacity, width)
      d = dy.index_select(0, here).view(n, capacity, width)
      gate = gates.narrow(0, at, slots).to(c).view(n, capacity, 1)
      if kept.size(0) > 0:
        h = kept.narrow(0, at, slots).view(n, capacity, -1)
      else:
        h = torch.relu_(torch.bmm(rows, hidden.transpose(1, 2)))
      u = torch.bmm(d, w_output.narrow(0, first, n).to(c))
      # <dy, E(x)> without computing E(x) again.
      _0 = torch.copy_(d_gates.narrow(0, at, slots), torch.sum(u * h, [2], dtype=self.wide).reshape([-1]))
      dh = torch.mul_(torch.threshold_backward(u, h, 0), gate)
      h = torch.mul_(h, gate)
      _1 = torch.bmm(dh, hidden, out=dx.narrow(0, at, slots).view(n, capacity, width))
      self.put_product(torch.transpose(dh, 1, 2), rows, g_hidden.narrow(0, first, n), plan[4 * i + 3])
      self.put_product(torch.transpose(d, 1, 2), h, g_output.narrow(0, first, n), plan[4 * i + 3])
      at += slots
    torch.set_grad_enabled(recording)
    return (dx, d_gates)

  def put_product(self: __torch__.Kernels, a: Tensor, b: Tensor, into: Tensor, add: int) -> None:
    if add != 0:
      _0 = torch.add_(into, torch.bmm(a, b).to(into.dtype))
    elif a.dtype == into.dtype:
      _1 = torch.bmm(a, b, out=into)
    else:
      _2 = torch.copy_(into, torch.bmm(a, b))

  # Gates [A] to the slots of their assignments [P]; zero in unused slots, which name assignment A.
  def gates_of_slots(self: __torch__.Kernels, gates: Tensor, assignments: Tensor) -> Tensor:
    return torch.cat([gates.detach(), torch.zeros([1], dtype=gates.dtype, device=gates.device)], 0).index_select(0, assignments)

  # values [A] in another order.
  def in_order(self: __torch__.Kernels, values: Tensor, order: Tensor) -> Tensor:
    return values.detach().index_select(0, order)

  # The same values where another array is; the array itself if it is there already.
  def to_device_of(self: __torch__.Kernels, x: Tensor, other: Tensor) -> Tensor:
    return x.detach().to(other.device)

  # What the gates passed on, as a number whose gradient is theirs: <gates, d_gates> + balance.
  def gate_objective(self: __torch__.Kernels, gates: Tensor, d_gates: Tensor, terms: Tensor, weights: Tensor) -> Tensor:
    return torch.sum(gates * d_gates) + torch.sum(terms * weights)

  # A gradient [T, B, D] with d [N, D] added at the real positions.
  def add_at_rows(self: __torch__.Kernels, gradient: Tensor, rows: Tensor, d: Tensor) -> Tensor:
    return gradient + self.padded(d, rows, gradient)

  # Clears the gradient of single experts.
  def clear_experts(self: __torch__.Kernels, gradient: Tensor, experts: List[int]) -> int:
    for e in experts:
      _0 = torch.zero_(torch.select(gradient, 0, e))
    return len(experts)

  # Slots back to rows: values [P, D], slots [A] and begins [N] the slots of each row, weights [A] or none -> [N, D].
  def sum_of_slots(self: __torch__.Kernels, values: Tensor, slots: Tensor, begins: Tensor) -> Tensor:
    y, _0, _1, _2, = torch.embedding_bag(values, slots, begins, False, 0, False, None, False)
    return y

  def weighted_sum_of_slots(self: __torch__.Kernels, values: Tensor, slots: Tensor, begins: Tensor, weights: Tensor) -> Tensor:
    y, _0, _1, _2, = torch.embedding_bag(values, slots, begins, False, 0, False, weights.to(values.dtype), False)
    return y

  # Real positions of a padded sequence: x [T, B, D], rows [N] -> [N, D], and in the gate's type.
  def real_rows(self: __torch__.Kernels, x: Tensor, rows: Tensor) -> Tensor:
    return x.flatten(0, 1).index_select(0, rows)

  def widen(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return x.to(self.wide)

  def sigmoid(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.sigmoid(x)

  # Back to a padded sequence shaped as x, zero at padding.
  def padded(self: __torch__.Kernels, y: Tensor, rows: Tensor, x: Tensor) -> Tensor:
    return torch.zeros_like(x).flatten(0, 1).index_copy(0, rows, y.to(x.dtype)).view(x.size(0), x.size(1), x.size(2))

  # ---- experts in serving ---------------------------------------------------------------------------------------
  #
  # Rows sorted by expert once, each expert's rows one product, summed by the inverse permutation; only chosen experts are touched.
  # A stack [E, out, in] comes in parts of 'per_part' experts, since one mapping of a file is limited in size; so do the scales [E, out] of
  # stacks of 8 bits.

  # rows [n, in] times the transpose of the matrix 'at' of a part, [out, in]. Few rows read 8 bits as they are, which goes at the speed of
  # memory but is linear in the rows; many are worth expanding for. The former knows bfloat16 only, and takes 16 columns at a time from
  # where 16 bytes begin: reading beyond a row of another length, it would end the process.
  def expert_product(self: __torch__.Kernels, rows: Tensor, stacks: List[Tensor], scales: List[Tensor], part: int, at: int) -> Tensor:
    w = torch.select(stacks[part], 0, at)
    if len(scales) == 0:
      y = torch.mm(rows, w.to(rows.dtype).t())
    else:
      s = torch.select(scales[part], 0, at)
      if rows.size(0) <= 8 and w.size(1) % 16 == 0 and rows.is_cpu:
        y = torch._weight_int8pack_mm(rows.to(15), w, s.to(15)).to(rows.dtype)
      else:
        y = torch.mm(rows, w.to(rows.dtype).t()) * s.to(rows.dtype)
    return y

  # x [A, D], each row the next assignment's: counts[i] of them for the expert experts[i] -> [A, D] in the wide type.
  def experts_on_sorted(self: __torch__.Kernels, x: Tensor, experts: List[int], counts: List[int], w_hidden: List[Tensor], w_output: List[Tensor], hidden_scales: List[Tensor], output_scales: List[Tensor], per_part: int) -> Tensor:
    out = torch.empty([x.size(0), x.size(1)], dtype=self.wide, device=x.device)
    at = 0
    for i in range(len(experts)):
      part = experts[i] // per_part
      e = experts[i] - part * per_part
      h = torch.relu_(self.expert_product(x.narrow(0, at, counts[i]), w_hidden, hidden_scales, part, e))
      _0 = torch.copy_(out.narrow(0, at, counts[i]), self.expert_product(h, w_output, output_scales, part, e))
      at += counts[i]
    return out

  # Slots [A, D] back to the rows of x [N, D], weighted by the gates [A] of the assignments, which are in the order of their rows.
  def gated_sums(self: __torch__.Kernels, x: Tensor, values: Tensor, slots: Tensor, rows: Tensor, gates: Tensor, sigmoid: int) -> Tensor:
    counts = torch.bincount(rows, minlength=x.size(0))
    y = self.weighted_sum_of_slots(values, slots, torch.cumsum(counts, 0) - counts, gates).to(x.dtype)
    if sigmoid != 0:
      y = torch.sigmoid(y)
    return y

  # The layer in serving: x [N, D] -> [N, D], and for statistics the chosen experts [A] and their gates in float32.
  def mixture_rows(self: __torch__.Kernels, x: Tensor, kind: int, gate: List[Tensor], w_hidden: List[Tensor], w_output: List[Tensor], hidden_scales: List[Tensor], output_scales: List[Tensor], per_part: int, sigmoid: int) -> Tuple[Tensor, Tensor, Tensor]:
    gates, rows, experts, = self.serve_gate(x.to(self.wide), kind, gate)
    by_expert, order, = torch.sort(experts, stable=True, dim=0, descending=False)
    chosen, _0, counted, = torch.unique_consecutive(by_expert, False, True)
    ids = annotate(List[int], chosen.tolist())
    counts = annotate(List[int], counted.tolist())
    gathered = x.to(self.expert_compute).index_select(0, rows.index_select(0, order))
    out = self.experts_on_sorted(gathered, ids, counts, w_hidden, w_output, hidden_scales, output_scales, per_part)
    slots = torch.empty_like(order).scatter_(0, order, torch.arange(order.size(0), device=x.device))
    return (self.gated_sums(x, out, slots, rows, gates, sigmoid), experts, gates.to(6))

  # The same in pieces, for experts that have to be fetched first. Gates [A], rows and experts of the assignments [2, A], and the gates in float32.
  def mixture_choice(self: __torch__.Kernels, x: Tensor, kind: int, gate: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    gates, rows, experts, = self.serve_gate(x.to(self.wide), kind, gate)
    return (gates, torch.stack([rows, experts]), gates.to(6))

  # The same layer for few rows, without a number that the host would have to know: the matrices of all assignments' experts are gathered side
  # by side, which costs by the assignment and not by the chosen expert. For gates that give every row as many experts, 0 and 1. Stacks are
  # whole, scales a list of one or none.
  def mixture_gathered(self: __torch__.Kernels, x: Tensor, kind: int, gate: List[Tensor], w_hidden: Tensor, w_output: Tensor, hidden_scales: List[Tensor], output_scales: List[Tensor], sigmoid: int) -> Tuple[Tensor, Tensor, Tensor]:
    wide = x.to(self.wide)
    if kind == 0:
      gates, rows, experts, = self.serve_noisy(wide, gate)
    else:
      group_gates, group_rows, group, = self.serve_noisy(wide, gate)
      logits = torch.bmm(wide.index_select(0, group_rows).unsqueeze(1), gate[1].index_select(0, group)).squeeze(1)
      gates, rows, experts, = self.choose_within(wide, group_gates, group, logits, gate)
    given = x.to(self.expert_compute).index_select(0, rows)
    out = torch.empty([given.size(0), x.size(1)], dtype=self.wide, device=x.device)
    # Gathered matrices of at most 64 MiB in 16 bits at a time.
    step = max(1, 33554432 // (w_hidden.size(1) * w_hidden.size(2)))
    at = 0
    while at < given.size(0):
      size = min(step, given.size(0) - at)
      here = experts.narrow(0, at, size)
      h = torch.relu_(self.gathered_product(given.narrow(0, at, size), w_hidden, hidden_scales, here))
      _0 = torch.copy_(out.narrow(0, at, size), self.gathered_product(h, w_output, output_scales, here))
      at += size
    y = torch.sum((out * gates.unsqueeze(1)).view(x.size(0), -1, x.size(1)), [1]).to(x.dtype)
    if sigmoid != 0:
      y = torch.sigmoid(y)
    return (y, experts, gates.to(6))

  # rows [n, in], each times the transpose of its expert's matrix, of a stack [E, out, in].
  def gathered_product(self: __torch__.Kernels, rows: Tensor, stack: Tensor, scales: List[Tensor], experts: Tensor) -> Tensor:
    y = torch.bmm(stack.index_select(0, experts).to(rows.dtype), rows.unsqueeze(2)).squeeze(2)
    if len(scales) > 0:
      y = y * scales[0].index_select(0, experts).to(rows.dtype)
    return y

  # Parts of a stack as one, where 'like' is.
  def joined(self: __torch__.Kernels, parts: List[Tensor], like: Tensor) -> Tensor:
    n = 0
    for part in parts:
      n += part.size(0)
    sizes = parts[0].size()
    sizes[0] = n
    whole = torch.empty(sizes, dtype=parts[0].dtype, device=like.device)
    at = 0
    for part in parts:
      _0 = torch.copy_(whole.narrow(0, at, part.size(0)), part)
      at += part.size(0)
    return whole

  # Matrices and scales of one expert of a part, copied to where 'like' is; each keeps its first size, now 1.
  def copy_expert(self: __torch__.Kernels, parts: List[Tensor], at: int, like: Tensor) -> List[Tensor]:
    copies = annotate(List[Tensor], [])
    for part in parts:
      source = part.narrow(0, at, 1)
      copies.append(torch.copy_(torch.empty_like(source, device=like.device), source))
    return copies

  # x [N, D], sources [a] the rows of assignments sorted by expert, counts of each expert, whose stacks hold one expert each -> [a, D].
  def experts_fetched(self: __torch__.Kernels, x: Tensor, sources: Tensor, counts: List[int], w_hidden: List[Tensor], w_output: List[Tensor], hidden_scales: List[Tensor], output_scales: List[Tensor]) -> Tensor:
    experts = annotate(List[int], [])
    for i in range(len(counts)):
      experts.append(i)
    return self.experts_on_sorted(x.to(self.expert_compute).index_select(0, sources), experts, counts, w_hidden, w_output, hidden_scales, output_scales, 1)

  # What the chunks of all assignments make, [a, D] each, put together.
  def sums_of_chunks(self: __torch__.Kernels, x: Tensor, chunks: List[Tensor], slots: Tensor, rows: Tensor, gates: Tensor, sigmoid: int) -> Tensor:
    return self.gated_sums(x, torch.cat(chunks, 0), slots, rows, gates, sigmoid)

  def copied(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.clone(x)

  # 16-bit numbers [..] seen as bfloat16, in place: the engine's Java side cannot name that type.
  def as_bfloat16(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.set_(torch.empty([0], dtype=15), x)

  # ---- softmax and loss -----------------------------------------------------------------------------------------

  # Label-smoothed cross-entropy over rows x[rows], summed, and the plain negative log-likelihood, summed (no gradient).
  # Logits of the whole batch would be the largest tensors of training by far, so loss and gradient are taken chunk by
  # chunk while the logits are in cache: the returned sum is a stand-in with this value and these gradients.
  def cross_entropy(self: __torch__.Kernels, x: Tensor, rows: Tensor, targets: Tensor, weight: Tensor, bias: Tensor, smoothing: Tensor) -> Tuple[Tensor, Tensor]:
    c = self.compute
    eps = float(smoothing)
    real = x.flatten(0, 1).index_select(0, rows)
    n = real.size(0)
    vocabulary = weight.size(0)
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    h = real.detach()
    w = weight.detach().to(c)
    b = bias.detach()
    grad_h = torch.empty_like(h)
    grad_w = torch.zeros_like(weight)
    grad_b = torch.zeros_like(bias)
    loss = torch.zeros([], dtype=6, device=x.device)
    nll = torch.zeros([], dtype=6, device=x.device)
    at = 0
    while at < n:
      size = min(512, n - at)
      rows_h = h.narrow(0, at, size)
      gold = targets.narrow(0, at, size).unsqueeze(1)
      logits = torch.linear(rows_h, w).to(6) + b
      log_p = torch.log_softmax(logits, 1)
      gold_log_p = torch.sum(log_p.gather(1, gold))
      nll = nll - gold_log_p
      loss = loss - (1. - eps) * gold_log_p
      if eps > 0.:
        loss = loss - eps / vocabulary * torch.sum(log_p)
      if recording:
        g = log_p.exp_()
        if eps > 0.:
          g = g.sub_(eps / vocabulary)
        g = g.scatter_add_(1, gold, torch.full([size, 1], eps - 1., device=x.device))
        grad_b.add_(torch.sum(g, [0]))
        g_c = g.to(c)
        grad_h.narrow(0, at, size).copy_(torch.mm(g_c, w))
        grad_w.add_(torch.mm(g_c.t(), rows_h))
      at += size
    torch.set_grad_enabled(recording)
    if recording:
      stand_in = torch.sum(real.to(6) * grad_h.to(6)) + torch.sum(weight * grad_w) + torch.sum(bias * grad_b)
      loss = stand_in + (loss - stand_in.detach())
    return (loss, nll)

  # x [N, D] -> the best log-probabilities and ids of each row, [N, count] each, best first; the order of equal
  # ones is the engine's own.
  def best(self: __torch__.Kernels, x: Tensor, weight: Tensor, bias: Tensor, count: int) -> Tuple[Tensor, Tensor]:
    if weight.dtype == 15 or weight.dtype == 5:
      logits = self.sharpened(x, weight, bias, count)
    else:
      logits = torch.linear(x, weight).to(6) + bias
    return torch.topk(torch.log_softmax(logits, 1), count, 1, True, True)

  # Logits [N, V] of weights in 16 bits. A product's result has 16 bits too, of which the last is worth some per cent of a probability and
  # makes ties: those of the best, which are to be told apart, are taken again with all digits. Where most are wanted, all are.
  def sharpened(self: __torch__.Kernels, x: Tensor, weight: Tensor, bias: Tensor, count: int) -> Tensor:
    near = 2 * count + 8
    if near > 128 or near >= weight.size(0):
      logits = torch.linear(x.to(6), weight.to(6)) + bias
    else:
      rough = torch.linear(x, weight).to(6) + bias
      _0, ids, = torch.topk(rough, near, 1, True, False)
      flat = ids.reshape([-1])
      rows = weight.index_select(0, flat).view(x.size(0), near, x.size(1)).to(6)
      exact = torch.bmm(rows, x.to(6).unsqueeze(2)).squeeze(2) + bias.index_select(0, flat).view(x.size(0), near)
      logits = rough.scatter_(1, ids, exact)
    return logits

  # A weight in the type of products, for serving.
  def narrowed(self: __torch__.Kernels, weight: Tensor) -> Tensor:
    return weight.to(self.compute)

  # The encoded sentences of the hypotheses that go on: memory [S, N, D], keys [N, S, A], mask [N, S], rows numbers of the N. What
  # is behind the longest of them, length, is left out.
  def spread_source(self: __torch__.Kernels, memory: Tensor, keys: Tensor, mask: Tensor, rows: Tensor, length: int) -> Tuple[Tensor, Tensor, Tensor]:
    return (memory.narrow(0, 0, length).index_select(1, rows), keys.narrow(1, 0, length).index_select(0, rows), mask.narrow(1, 0, length).index_select(0, rows))

  # Encoded sentences behind others, all padded to the longer: memories [S, N, D], keys [N, S, A], masks [N, S].
  def append_source(self: __torch__.Kernels, memories: List[Tensor], keys: List[Tensor], masks: List[Tensor], length: int) -> Tuple[Tensor, Tensor, Tensor]:
    wide_memories = annotate(List[Tensor], [])
    wide_keys = annotate(List[Tensor], [])
    wide_masks = annotate(List[Tensor], [])
    for i in range(len(memories)):
      m = memories[i]
      k = keys[i]
      mask = masks[i]
      missing = length - mask.size(1)
      if missing > 0:
        m = torch.constant_pad_nd(m, [0, 0, 0, 0, 0, missing], 0)
        k = torch.constant_pad_nd(k, [0, 0, 0, missing], 0)
        mask = torch.constant_pad_nd(mask, [0, missing], float("-inf"))
      wide_memories.append(m)
      wide_keys.append(k)
      wide_masks.append(mask)
    return (torch.cat(wide_memories, 1), torch.cat(wide_keys, 0), torch.cat(wide_masks, 0))

  # State of new rows behind that of others.
  def append_rows(self: __torch__.Kernels, state: List[Tensor], new_state: List[Tensor]) -> List[Tensor]:
    both = annotate(List[Tensor], [])
    for i in range(len(state)):
      both.append(torch.cat([state[i], new_state[i]], 0))
    return both

  # State rows of the hypotheses that go on.
  def select_rows(self: __torch__.Kernels, state: List[Tensor], rows: Tensor) -> List[Tensor]:
    selected = annotate(List[Tensor], [])
    for x in state:
      selected.append(x.index_select(0, rows))
    return selected

  # ---- decoder steps as one call ----------------------------------------------------------------------------------
  #
  # All weights that a step reads are in one list, and what they are is in 'layout': the form (0 recurrent, 1 parallel, 2 fed), whether the
  # score is factorised, whether layers and softmax read the context, the first layer with a residual connection, whether the context has a
  # matrix, the number of layers; then five numbers of each layer: weights of its LSTM, the kind of its mixture's gate or -1, weights of
  # the gate, whether experts have scales, and whether their sum goes through a sigmoid. Weights: embedding; W and V of the attention; the
  # context's matrix; of each layer its LSTM, gate, hidden and output stack and their scales; the softmax's weight and bias.

  # One step: ids [N]; source memory [S, N, D], keys [N, S, A] and mask [N, S]; state as of zero_state -> what the softmax reads; attention [N, S];
  # the new state; and of each mixture layer the experts [A] and gates [A] of its assignments.
  def decoder_top(self: __torch__.Kernels, ids: Tensor, source: List[Tensor], state: List[Tensor], weights: List[Tensor], layout: List[int]) -> Tuple[Tensor, Tensor, List[Tensor], List[Tensor]]:
    form = layout[0]
    layers = layout[6]
    next = annotate(List[Tensor], [])
    choices = annotate(List[Tensor], [])
    x = self.embed(ids, weights[0])
    context = x
    attention = x
    at = 3 + layout[5]
    for i in range(layers):
      number = 7 + 5 * i
      lstm = torch.slice(weights, at, at + layout[number], 1)
      at += layout[number]
      below = x
      read = x
      if i == 0:
        if form == 0:
          context, attention, = self.attend_step(state[0], source, weights, layout[1])
          read = torch.cat([x, context], 1)
        if form == 2:
          read = torch.cat([x, state[2 * layers]], 1)
      else:
        if layout[2] != 0:
          read = torch.cat([x, context], 1)
      h, s, = self.lstm_step(read, lstm, state[2 * i], state[2 * i + 1])
      next.append(h)
      next.append(s)
      x = h
      if i + 1 >= layout[4]:
        x = self.add(h, below)
      if i == 0:
        if form == 1:
          context, attention, = self.attend_step(x, source, weights, layout[1])
        if form == 2:
          context, attention, = self.attend_step(h, source, weights, layout[1])
        if layout[5] != 0:
          x = self.add_projected(x, context, weights[3])
      if layout[number + 1] >= 0:
        gates = layout[number + 2]
        scaled = layout[number + 3]
        gate = torch.slice(weights, at, at + gates, 1)
        at += gates
        hidden_scales = torch.slice(weights, at + 2, at + 2 + scaled, 1)
        output_scales = torch.slice(weights, at + 2 + scaled, at + 2 + 2 * scaled, 1)
        y, experts, gated, = self.mixture_gathered(x, layout[number + 1], gate, weights[at], weights[at + 1], hidden_scales, output_scales, layout[number + 4])
        at += 2 + 2 * scaled
        x = self.add(y, x)
        choices.append(experts)
        choices.append(gated)
    if form == 2:
      next.append(context)
    if layout[3] != 0:
      x = torch.cat([x, context], 1)
    return (x, attention, next, choices)

  # Queries [N, D] -> context [N, D], weights [N, S].
  def attend_step(self: __torch__.Kernels, queries: Tensor, source: List[Tensor], weights: List[Tensor], factorised: int) -> Tuple[Tensor, Tensor]:
    context, attention, = self.attend_as(queries.unsqueeze(0), source[0], source[1], source[2], weights[1], weights[2], factorised != 0)
    return (context[0], attention.squeeze(1))

  # Steps, each but the first of which reads the best ids of the one before. rows [1, N] the ids that the first reads, or [2, N] with the row that each
  # continues; longest the length to which the source of those rows is gathered, 0 where it stays. Gives in one list: what the host reads,
  # in one vector of float32, of each step the 'count' best log-probabilities [N, count] and their ids, the attention [N, S] if it is asked
  # for, and the mixtures' choices; then the source, and the states after each step. Ids are exact in float32 up to 2^24.
  def decoder_steps(self: __torch__.Kernels, rows: Tensor, source: List[Tensor], state: List[Tensor], weights: List[Tensor], layout: List[int], count: int, longest: int, attention: int, steps: int) -> List[Tensor]:
    ids = rows[0]
    if rows.size(0) > 1:
      state = self.select_rows(state, rows[1])
    if longest > 0:
      memory, keys, mask, = self.spread_source(source[0], source[1], source[2], rows[1], longest)
      source = [memory, keys, mask]
    told = annotate(List[Tensor], [])
    states = annotate(List[Tensor], [])
    for t in range(steps):
      top, attended, next, choices, = self.decoder_top(ids, source, state, weights, layout)
      log_p, best, = self.best(top, weights[-2], weights[-1], count)
      told.append(log_p.reshape([-1]))
      told.append(best.to(6).reshape([-1]))
      if attention != 0:
        told.append(attended.to(6).reshape([-1]))
      for choice in choices:
        told.append(choice.to(6).reshape([-1]))
      for array in next:
        states.append(array)
      ids = torch.select(best, 1, 0)
      state = next
    results = [torch.cat(told, 0), source[0], source[1], source[2]]
    for array in states:
      results.append(array)
    return results

  # ---- replicas -------------------------------------------------------------------------------------------------

  # Adds one replica's gradients to another's and clears them.
  def add_gradients(self: __torch__.Kernels, into: List[Tensor], gradients: List[Tensor]) -> int:
    for i in range(len(into)):
      into[i].add_(gradients[i].to(into[i].device))
    torch._foreach_zero_(gradients)
    return len(into)

  # Overwrites one replica's parameters with another's.
  def copy_values(self: __torch__.Kernels, into: List[Tensor], values: List[Tensor]) -> int:
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    torch._foreach_copy_(into, values)
    torch.set_grad_enabled(recording)
    return len(into)

  # ---- optimiser ------------------------------------------------------------------------------------------------

  # The global norm of gradients on one device.
  def norm(self: __torch__.Kernels, gradients: List[Tensor]) -> Tensor:
    return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients)))

  # What an update multiplies the gradients by: 'scale', less where their global norm, which is scaled already, is above 'clip'; zero,
  # which is no other factor, if there is to be no update: the norm is not finite, or above 'largest'.
  def clipped(self: __torch__.Kernels, norm: float, scale: float, clip: float, largest: float) -> float:
    factor = scale
    if clip > 0. and norm > clip:
      factor = scale * clip / norm
    if norm * 0. != 0. or norm > largest:
      factor = 0.
    return factor

  # One update of plain gradient descent, otherwise as 'adam'.
  def descend(self: __torch__.Kernels, parameters: List[Tensor], gradients: List[Tensor], rate: float, scale: float, clip: float, largest: float) -> Tensor:
    torch.set_grad_enabled(False)
    norm = self.norm(gradients) * scale
    factor = self.clipped(float(norm), scale, clip, largest)
    if factor != 0.:
      torch._foreach_add_(parameters, gradients, alpha=0. - rate * factor)
    torch._foreach_zero_(gradients)
    return norm

  # One update of Adam after scaling the gradients by 'scale' and clipping their global norm; clears the gradients.
  # Returns the norm before clipping; nothing is changed if it is not finite, or above 'largest'.
  def adam(self: __torch__.Kernels, parameters: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], update: int, rate: float, beta1: float, beta2: float, epsilon: float, decay: float, scale: float, clip: float, largest: float) -> Tensor:
    torch.set_grad_enabled(False)
    norm = self.norm(gradients) * scale
    factor = self.clipped(float(norm), scale, clip, largest)
    if factor != 0.:
      torch._foreach_mul_(gradients, factor)
      steps = annotate(List[Tensor], [])
      for p in parameters:
        steps.append(torch.full([], float(update), dtype=6, device=p.device))
      torch._fused_adam_(parameters, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    if update % 100 == 0:
      # Moments of what has had no gradient for long decay into denormal numbers, where a processor computes ten times as slowly
      # and rounding keeps them for ever. They are zero to every digit of an update long before.
      for m in first:
        m.copy_(torch.hardshrink(m, lambd=1e-30))
      for v in second:
        v.copy_(torch.hardshrink(v, lambd=1e-35))
    torch._foreach_zero_(gradients)
    return norm

  # A factored second moment, V = row x column / mean(row) (Shazeer et al. 2017, appendix D). row [E, out] and column [E, in] are running
  # means of squared gradients [E, out, in], updates [E] counts those of each expert, which correct the means' start at zero. 'epsilon'
  # is a root mean square that is added to all gradients there, so that V is nowhere zero.
  #
  # An update has two parts, so that nothing changes before all gradients are known to be finite: 'measure' and 'update'. Both see the n
  # experts [n] in runs that are small enough for what is computed of them to stay in the cache, since a pass over memory takes longer than
  # all arithmetic. A run is of neighbours, from a start on, or of any experts, where the start is -1: these are gathered.

  def run_of(self: __torch__.Kernels, stack: Tensor, start: int, experts: Tensor) -> Tensor:
    if start >= 0:
      run = stack.narrow(0, start, experts.size(0))
    else:
      run = stack.index_select(0, experts)
    return run

  # Of the experts: row and column as they will be, [n, out] and [n, in]; the factor [n, out] that makes, times 1 / sqrt(column), the step
  # of a gradient; and the sum of squared gradients. An expert whose root mean square of the step is above 'clip' gets a factor that much
  # smaller.
  def factored_measure(self: __torch__.Kernels, gradient: Tensor, row: Tensor, column: Tensor, updates: Tensor, experts: Tensor, starts: List[int], sizes: List[int], beta2: float, epsilon: float, clip: float) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    torch.set_grad_enabled(False)
    least = max(epsilon * epsilon, 1e-30)
    rows = row.index_select(0, experts).mul_(beta2)
    columns = column.index_select(0, experts).mul_(beta2)
    factors = torch.empty_like(rows)
    corrections = 1. - torch.pow(beta2, updates.index_select(0, experts) + 1)
    total = torch.zeros([], dtype=6, device=gradient.device)
    at = 0
    for i in range(len(starts)):
      n = sizes[i]
      squares = torch.square(self.run_of(gradient, starts[i], experts.narrow(0, at, n)).to(6))
      row_squares = torch.mean(squares, [2])
      total.add_(torch.sum(row_squares), alpha=squares.size(2))
      r = rows.narrow(0, at, n).add_(row_squares.add_(least), alpha=1. - beta2)
      c = columns.narrow(0, at, n).add_(torch.mean(squares, [1]).add_(least), alpha=1. - beta2)
      # The root of an outer product is the outer product of the roots.
      mean = torch.clamp(torch.mean(r, [1]) * corrections.narrow(0, at, n), min=1e-30)
      factor = torch.rsqrt(r / mean.unsqueeze(1))
      if clip > 0.:
        of_columns = torch.bmm(squares, torch.reciprocal(c).unsqueeze(2)).squeeze(2)
        size = torch.sqrt(torch.mean(torch.square(factor).mul_(of_columns), [1]) / squares.size(2))
        factor.div_(torch.clamp(size / clip, min=1.).unsqueeze(1))
      _0 = torch.copy_(factors.narrow(0, at, n), factor)
      at += n
    return (rows, columns, factors, total)

  # The update of what was measured: weight -= rate * factor * gradient / sqrt(column). Weights of 16 bits are rounded up or down at
  # random, in proportion to what is cut off: a step far below their last digit then counts on average, where rounding to nearest would
  # lose it. The random numbers are the same for all experts. A gradient in float32 is spent.
  def factored_update(self: __torch__.Kernels, weight: Tensor, gradient: Tensor, row: Tensor, column: Tensor, updates: Tensor, experts: Tensor, rows: Tensor, columns: Tensor, factors: Tensor, starts: List[int], sizes: List[int], rate: float) -> int:
    torch.set_grad_enabled(False)
    _0 = row.index_copy_(0, experts, rows)
    _1 = column.index_copy_(0, experts, columns)
    _2 = updates.index_add_(0, experts, torch.ones([experts.size(0)], dtype=6, device=weight.device))
    rounding = weight.dtype == 15
    dither = torch.empty([0], dtype=3, device=weight.device)
    if rounding:
      dither = torch.randint(0, 65536, [weight.size(1), weight.size(2)], dtype=3, device=weight.device)
    by_row = torch.mul(factors, -rate).unsqueeze(2)
    by_column = torch.rsqrt(columns).unsqueeze(1)
    at = 0
    for i in range(len(starts)):
      n = sizes[i]
      here = experts.narrow(0, at, n)
      w = self.run_of(weight, starts[i], here)
      step = self.run_of(gradient, starts[i], here).to(6).mul_(by_row.narrow(0, at, n))
      # In float32, and not gathered, this is the weight itself.
      new = w.to(6).addcmul_(step, by_column.narrow(0, at, n))
      if rounding:
        # The upper half of a float32's bits is a bfloat16. What is added to the lower half at random carries over as often as that half asks
        # for, and is cut off; so a weight without a step stays as it is, zero too.
        bits = torch.set_(torch.empty([0], dtype=3, device=weight.device), new).add_(dither).bitwise_and_(-65536)
        new = w.copy_(torch.set_(torch.empty([0], dtype=6, device=weight.device), bits))
      if starts[i] < 0:
        _3 = weight.index_copy_(0, here, new)
      at += n
    return at
