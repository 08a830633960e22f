package dev.dragoman.model.configuration;

/**
 * What a layer costs: how many parameters it has, and what one time step asks of them.
 *
 * <p>The rules are those that give back the sizes which Shazeer et al. 2017 print in tables 7 and 8. That paper counts matrices only, so
 * vectors (biases, the score vector of attention, thresholds) are kept apart.
 *
 * @param matrices numbers in matrices: the paper's "parameters"
 * @param vectors numbers in vectors
 * @param used parameters, vectors included, that one time step reads
 * @param multiplyAdds multiply-adds of one time step forward: the paper's "operations"; elementwise work is not counted
 */
public record LayerSize(long matrices, long vectors, long used, long multiplyAdds) {
    public static final LayerSize NONE = new LayerSize(0, 0, 0, 0);

    public LayerSize {
        Requirement.that(
                matrices >= 0 && vectors >= 0 && used >= 0 && multiplyAdds >= 0,
                "counts must be at least 0, but are " + matrices + ", " + vectors + ", " + used + ", " + multiplyAdds);
    }

    /** All parameters. */
    public long parameters() {
        return Math.addExact(matrices, vectors);
    }

    /** This layer and another one. */
    public LayerSize plus(LayerSize other) {
        return new LayerSize(
                Math.addExact(matrices, other.matrices),
                Math.addExact(vectors, other.vectors),
                Math.addExact(used, other.used),
                Math.addExact(multiplyAdds, other.multiplyAdds));
    }

    /** So many layers alike. */
    public LayerSize times(int layers) {
        return new LayerSize(
                product(matrices, layers),
                product(vectors, layers),
                product(used, layers),
                product(multiplyAdds, layers));
    }

    /** A matrix that every time step multiplies with: {@code inputs * outputs} of everything. */
    public static LayerSize matrix(int inputs, int outputs) {
        return matrices(product(inputs, outputs));
    }

    /**
     * An LSTM layer whose output is its cells: {@code 4C (I + C)}, and a bias of {@code 4C}.
     *
     * @param inputs I, the context of attention included where the layer reads it
     * @param cells C
     */
    public static LayerSize lstm(int inputs, int cells) {
        return recurrent(inputs, cells, cells);
    }

    /**
     * An LSTM layer whose output is projected to R numbers, which are its recurrent input too: {@code 4C (I + R) + C R}, and a bias of
     * {@code 4C}.
     *
     * @param inputs I, the context of attention included where the layer reads it
     * @param cells C
     * @param outputs R
     */
    public static LayerSize projectedLstm(int inputs, int cells, int outputs) {
        return recurrent(inputs, cells, outputs).plus(matrix(cells, outputs));
    }

    private static LayerSize recurrent(int inputs, int cells, int outputs) {
        return matrices(product(4L * cells, (long) inputs + outputs)).plus(vector(4L * cells));
    }

    /**
     * The experts of one mixture layer, each {@code 2 D H}; a time step uses {@code chosen} of them.
     *
     * @param width D
     * @param hidden H
     * @param experts E
     * @param chosen k
     */
    public static LayerSize experts(int width, int hidden, int experts, int chosen) {
        long expert = product(2, width, hidden);
        return new LayerSize(product(expert, experts), 0, product(expert, chosen), product(expert, chosen));
    }

    /**
     * A gate over all experts at once: {@code D E} for each of its matrices.
     *
     * @param width D
     * @param experts E
     * @param matrices 2 where the gate is noisy (logits and noise scale), else 1
     */
    public static LayerSize flatGate(int width, int experts, int matrices) {
        return matrices(product(matrices, width, experts));
    }

    /**
     * A gate over groups and one within each group (appendix B): {@code D a + D a b} for each matrix, of which a time step uses
     * {@code D a} and {@code D b} in each chosen group.
     *
     * @param width D
     * @param groups a
     * @param groupSize b, experts of a group
     * @param chosenGroups groups that a time step visits
     * @param matrices as in {@link #flatGate}
     */
    public static LayerSize twoLevelGate(int width, int groups, int groupSize, int chosenGroups, int matrices) {
        long first = product(matrices, width, groups);
        long second = product(matrices, width, groupSize);
        long used = Math.addExact(first, product(second, chosenGroups));
        return new LayerSize(Math.addExact(first, product(second, groups)), 0, used, used);
    }

    /**
     * A table of vectors, of which a time step reads {@code lookups} and multiplies none.
     *
     * @param vocabularySize V
     * @param width D
     * @param lookups 1 in a language model; 2 where source and target share the table
     */
    public static LayerSize embedding(int vocabularySize, int width, int lookups) {
        return new LayerSize(product(vocabularySize, width), 0, product(lookups, width), 0);
    }

    /** The whole softmax with a weight of its own: {@code V D}, and a bias of V. */
    public static LayerSize softmax(int vocabularySize, int width) {
        return matrix(vocabularySize, width).plus(vector(vocabularySize));
    }

    /** The whole softmax over the embedding's weight, which is counted there: the work of {@link #softmax}, and only its bias as new. */
    public static LayerSize sharedSoftmax(int vocabularySize, int width) {
        LayerSize own = softmax(vocabularySize, width);
        return new LayerSize(0, own.vectors, own.used, own.multiplyAdds);
    }

    /**
     * Attention: {@code D A} for source positions, {@code D A} for queries, a vector of A; then {@code A + D} multiply-adds for every
     * source position that a query looks at.
     *
     * @param width D
     * @param size A
     * @param sourceTokens S, positions that a query looks at; 0 counts the two projections alone
     */
    public static LayerSize attention(int width, int size, int sourceTokens) {
        LayerSize projections = matrix(width, size).times(2).plus(vector(size));
        return projections.plus(new LayerSize(0, 0, 0, product(sourceTokens, (long) width + size)));
    }

    /** Numbers added or compared, not multiplied. */
    static LayerSize vector(long size) {
        return new LayerSize(0, size, size, 0);
    }

    private static LayerSize matrices(long size) {
        return new LayerSize(size, 0, size, size);
    }

    /** Sizes come from files, so a damaged one may not wrap around into a plausible count. */
    private static long product(long... factors) {
        long product = 1;
        for (long factor : factors) {
            product = Math.multiplyExact(product, factor);
        }
        return product;
    }
}
