# The arithmetic of the network, as TorchScript in its serialised form: read by libtorch itself, no Python anywhere.
#
# Shapes: T time steps, B sentences, N rows (real positions, padding left out), D width, H hidden size, E experts,
# k experts per row, A attention size, V vocabulary. Sequences are time-major, [T, B, D].
# Element types are numbers in this form: 4 int64, 6 float32, 15 bfloat16.
# 'compute' is the type in which products run; sums that need more bits (softmax, gates, losses) stay in float32.

class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  compute : int
  dropout : float
  experts_per_row : int
  noise_floor : float

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

  # weights: [4C, I], [4C, R], [4C] (gate order i, f, g, o), and [R, C] where the output is projected.
  # x [T, B, I] -> [T, B, R], from a zero state.
  def lstm(self: __torch__.Kernels, x: Tensor, weights: List[Tensor]) -> Tensor:
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
    gates = torch.linear(x, weights[0], weights[2]) + torch.linear(h, weights[1])
    i, f, g, o, = torch.chunk(gates, 4, 1)
    next_s = torch.sigmoid(f) * s + torch.sigmoid(i) * torch.tanh(g)
    next_h = torch.sigmoid(o) * torch.tanh(next_s)
    if len(weights) > 3:
      next_h = torch.linear(next_h, weights[3])
    return (next_h, next_s)

  # Forward and backward layer side by side. reversal [T * B]: for each position the flat index of its mirror image
  # within its own sentence (padding maps to itself), so that the backward layer starts at the last real token.
  def lstm_both_ways(self: __torch__.Kernels, x: Tensor, reversal: Tensor, forward_weights: List[Tensor], backward_weights: List[Tensor]) -> Tensor:
    t = x.size(0)
    b = x.size(1)
    mirrored = x.flatten(0, 1).index_select(0, reversal).view(t, b, x.size(2))
    ahead = self.lstm(x, forward_weights)
    back = self.lstm(mirrored, backward_weights)
    restored = back.flatten(0, 1).index_select(0, reversal).view(t, b, back.size(2))
    return torch.cat([ahead, restored], 2)

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

  # queries [T, B, D], memory [S, B, D], keys [B, S, A], mask [B, S] (0 or -inf) -> context [T, B, D], weights [B, T, S]
  def attend(self: __torch__.Kernels, queries: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: Tensor) -> Tuple[Tensor, Tensor]:
    c = self.compute
    projected = torch.linear(queries.transpose(0, 1), w.to(c))
    scores = self.attention_scores(projected, keys, v.to(c), bool(factorised))
    weights = torch.softmax(scores.to(6) + mask.unsqueeze(1), -1)
    context = torch.bmm(weights.to(c), memory.transpose(0, 1))
    return (context.transpose(0, 1), weights)

  # The first decoder layer of the recurrent form under teacher forcing: at each step the context, attended from the
  # layer's previous output (zeros at first), is read beside the input. x [T, B, D] -> [T, B, R]
  def lstm_with_attention(self: __torch__.Kernels, x: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, w: Tensor, v: Tensor, factorised: Tensor, weights: List[Tensor]) -> Tensor:
    c = self.compute
    cast = annotate(List[Tensor], [])
    for weight in weights:
      cast.append(weight.to(c))
    h = torch.zeros([x.size(1), weights[1].size(1)], dtype=c, device=x.device)
    s = torch.zeros([x.size(1), weights[1].size(0) // 4], dtype=c, device=x.device)
    outputs = annotate(List[Tensor], [])
    for t in range(x.size(0)):
      context, _p, = self.attend(h.unsqueeze(0), memory, keys, mask, w, v, factorised)
      h, s, = self.lstm_step(torch.cat([x[t], context[0]], 1), cast, h, s)
      outputs.append(h)
    return torch.stack(outputs)

  # x + context . weight: how the parallel form hands the context to the layers above.
  def add_projected(self: __torch__.Kernels, x: Tensor, context: Tensor, weight: Tensor) -> Tensor:
    return x + torch.linear(context, weight.to(self.compute))

  # ---- mixture of experts ---------------------------------------------------------------------------------------

  # Noisy top-k gating, equations 3 to 5 and 8 to 10. x [N, D] in float32, epsilon [N, E] the normal draw.
  # Returns gates [N, k], experts [N, k], importance [E], load [E].
  def noisy_gates(self: __torch__.Kernels, x: Tensor, w_gate: Tensor, w_noise: Tensor, epsilon: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    k = self.experts_per_row
    n_experts = w_gate.size(1)
    clean = torch.mm(x, w_gate)
    scale = torch.softplus(torch.mm(x, w_noise)) + self.noise_floor
    noisy = clean + epsilon * scale
    top, chosen, = torch.topk(noisy, min(k + 1, n_experts), 1, True, True)
    gates = torch.softmax(top.narrow(1, 0, k), 1)
    experts = chosen.narrow(1, 0, k)
    importance = torch.zeros([n_experts], device=x.device).index_add(0, experts.reshape([-1]), gates.reshape([-1]))
    if k < n_experts:
      if_in = top.narrow(1, k, 1)
      if_out = top.narrow(1, k - 1, 1)
      threshold = torch.where(torch.gt(noisy, if_in), if_in, if_out)
      load = torch.sum(0.5 * (1. + torch.erf((clean - threshold) / scale * 0.7071067811865476)), [0])
    else:
      load = torch.full([n_experts], float(x.size(0)), device=x.device)
    return (gates, experts, importance, load)

  # Without noise, as serving uses it. Ties go to the lower expert.
  def clean_gates(self: __torch__.Kernels, x: Tensor, w_gate: Tensor) -> Tuple[Tensor, Tensor]:
    clean = torch.mm(x, w_gate)
    sorted, order, = torch.sort(clean, stable=True, dim=1, descending=True)
    k = self.experts_per_row
    return (torch.softmax(sorted.narrow(1, 0, k), 1), order.narrow(1, 0, k))

  # Rows sorted by expert once, each expert's rows one contiguous product, combined by the inverse permutation.
  # x [N, D], gates [N, k], experts [N, k], hidden weights [E, D, H], output weights [E, H, D] -> [N, D]
  def dispatch_combine(self: __torch__.Kernels, x: Tensor, gates: Tensor, experts: Tensor, w_hidden: Tensor, w_output: Tensor) -> Tensor:
    c = self.compute
    k = gates.size(1)
    flat = experts.reshape([-1])
    by_expert, order, = torch.sort(flat, stable=True, dim=0, descending=False)
    sources = torch.div(order, k, rounding_mode="floor")
    counts = annotate(List[int], torch.bincount(flat, minlength=w_hidden.size(0)).tolist())
    # Split once: the gradient of a slice taken in the loop would be a full-size zero tensor per expert.
    rows = torch.split_with_sizes(x.index_select(0, sources), counts, 0)
    hidden = torch.unbind(w_hidden.to(c), 0)
    output = torch.unbind(w_output.to(c), 0)
    parts = annotate(List[Tensor], [])
    for e in range(len(counts)):
      if counts[e] > 0:
        parts.append(torch.mm(torch.relu(torch.mm(rows[e], hidden[e])), output[e]))
    weighted = torch.cat(parts, 0) * gates.reshape([-1]).index_select(0, order).to(c).unsqueeze(1)
    back = torch.argsort(order, dim=0)
    return torch.sum(weighted.index_select(0, back).view(-1, k, x.size(1)), [1])

  # Squared coefficient of variation, population variance (equations 7 and 11).
  def cv_squared(self: __torch__.Kernels, v: Tensor) -> Tensor:
    mean = torch.mean(v)
    return torch.mean(torch.square(v - mean)) / (torch.square(mean) + 1e-10)

  # The layer in training: x [T, B, D], rows [N] the flat indices of real positions, epsilon [N, E].
  # Returns the layer's output [T, B, D] (zero at padding), importance [E], load [E], both balance terms [2].
  def mixture(self: __torch__.Kernels, x: Tensor, rows: Tensor, epsilon: Tensor, w_gate: Tensor, w_noise: Tensor, w_hidden: Tensor, w_output: Tensor, sigmoid: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    flat = x.flatten(0, 1)
    real = flat.index_select(0, rows)
    gates, experts, importance, load, = self.noisy_gates(real.to(6), w_gate, w_noise, epsilon)
    y = self.dispatch_combine(real, gates, experts, w_hidden, w_output)
    if bool(sigmoid):
      y = torch.sigmoid(y)
    out = torch.zeros_like(flat).index_copy(0, rows, y).view(x.size(0), x.size(1), x.size(2))
    return (out, importance, load, torch.stack([self.cv_squared(importance), self.cv_squared(load)]))

  # The layer in serving: x [N, D] -> [N, D], no noise.
  def mixture_rows(self: __torch__.Kernels, x: Tensor, w_gate: Tensor, w_hidden: Tensor, w_output: Tensor, sigmoid: Tensor) -> Tensor:
    gates, experts, = self.clean_gates(x.to(6), w_gate)
    y = self.dispatch_combine(x, gates, experts, w_hidden, w_output)
    if bool(sigmoid):
      y = torch.sigmoid(y)
    return y

  # The same over a padded sequence: x [T, B, D], rows [N].
  def mixture_sequence(self: __torch__.Kernels, x: Tensor, rows: Tensor, w_gate: Tensor, w_hidden: Tensor, w_output: Tensor, sigmoid: Tensor) -> Tensor:
    flat = x.flatten(0, 1)
    y = self.mixture_rows(flat.index_select(0, rows), w_gate, w_hidden, w_output, sigmoid)
    return torch.zeros_like(flat).index_copy(0, rows, y).view(x.size(0), x.size(1), x.size(2))

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
    log_p = torch.log_softmax(torch.linear(x, weight).to(6) + bias, 1)
    return torch.topk(log_p, count, 1, True, True)

  # The encoded sentence of each hypothesis: memory [S, B, D], keys [B, S, A], mask [B, S], rows [N] sentence numbers.
  def spread_source(self: __torch__.Kernels, memory: Tensor, keys: Tensor, mask: Tensor, rows: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return (memory.index_select(1, rows), keys.index_select(0, rows), mask.index_select(0, rows))

  # State rows of the hypotheses that go on.
  def select_rows(self: __torch__.Kernels, state: List[Tensor], rows: Tensor) -> List[Tensor]:
    selected = annotate(List[Tensor], [])
    for x in state:
      selected.append(x.index_select(0, rows))
    return selected

  # ---- optimiser ------------------------------------------------------------------------------------------------

  # One update of Adam after scaling the gradients by 'scale' and clipping their global norm; clears the gradients.
  # Returns the norm before clipping; nothing is changed if it is not finite.
  def adam(self: __torch__.Kernels, parameters: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], update: int, rate: float, beta1: float, beta2: float, epsilon: float, scale: float, clip: float) -> Tensor:
    torch.set_grad_enabled(False)
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients))) * scale
    value = float(norm)
    if value * 0. == 0.:
      factor = scale
      if clip > 0. and value > clip:
        factor = scale * clip / value
      torch._foreach_mul_(gradients, factor)
      steps = annotate(List[Tensor], [])
      for p in parameters:
        steps.append(torch.full([], float(update), dtype=6))
      torch._fused_adam_(parameters, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=0., eps=epsilon, amsgrad=False, maximize=False)
    if update % 100 == 0:
      # Moments of what has had no gradient for long decay into denormal numbers, where a processor computes ten times as slowly
      # and rounding keeps them for ever. They are zero to every digit of an update long before.
      for m in first:
        m.copy_(torch.hardshrink(m, lambd=1e-30))
      for v in second:
        v.copy_(torch.hardshrink(v, lambd=1e-35))
    torch._foreach_zero_(gradients)
    return norm
