package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A decoder session whose distribution is a function of the sentence and of the ids fed so far, without a network. */
public class ScriptedSession implements DecoderSession {
    public static final int BOS = 1;
    public static final int EOS = 2;

    /** What the network would say. */
    public interface Script {
        /** Log probability of every id of the vocabulary after {@code history}, which leaves {@code <s>} out. */
        float[] logProbabilities(int sentence, List<Integer> history);

        /** Attention while the token after {@code history} is produced; as long as the source. */
        default float[] attention(int sentence, List<Integer> history) {
            throw new UnsupportedOperationException("The script has no attention");
        }

        default int sourceLength(int sentence) {
            return 1;
        }
    }

    private record Row(int sentence, List<Integer> history) {}

    private final Script script;
    private List<Row> rows;
    private boolean fed;
    private boolean closed;

    /** Number of rows at every step, in order. */
    final List<Integer> rowsPerStep = new ArrayList<>();

    int attentionSteps;
    int reorders;

    public ScriptedSession(Script script, int... sentences) {
        this.script = script;
        this.rows = IntStream.of(sentences)
                .mapToObj(sentence -> new Row(sentence, List.of()))
                .toList();
    }

    @Override
    public int rows() {
        return rows.size();
    }

    @Override
    public int sourceLength(int row) {
        return script.sourceLength(rows.get(row).sentence());
    }

    @Override
    public Candidates step(int[] lastIds, int candidates, boolean attention) {
        requireOpen();
        if (lastIds.length != rows.size()) {
            throw new IllegalArgumentException(lastIds.length + " ids for " + rows.size() + " rows");
        }
        feed(lastIds);
        rowsPerStep.add(rows.size());
        attentionSteps += attention ? 1 : 0;
        float[][] table = rows.stream()
                .map(row -> script.logProbabilities(row.sentence(), row.history()))
                .toArray(float[][]::new);
        int perRow = Math.min(candidates, table[0].length);
        int[] ids = new int[rows.size() * perRow];
        float[] logProbabilities = new float[ids.length];
        for (int row = 0; row < table.length; row++) {
            int[] best = bestFirst(table[row]);
            for (int i = 0; i < perRow; i++) {
                ids[row * perRow + i] = best[i];
                logProbabilities[row * perRow + i] = table[row][best[i]];
            }
        }
        return new Candidates(perRow, ids, logProbabilities, attention ? attention() : null);
    }

    private void feed(int[] lastIds) {
        List<Row> next = new ArrayList<>();
        for (int row = 0; row < lastIds.length; row++) {
            List<Integer> history = new ArrayList<>(rows.get(row).history());
            if (fed) {
                history.add(lastIds[row]);
            } else if (lastIds[row] != BOS) {
                throw new IllegalArgumentException("The first id is " + lastIds[row]);
            }
            next.add(new Row(rows.get(row).sentence(), history));
        }
        rows = next;
        fed = true;
    }

    private float[][] attention() {
        return rows.stream()
                .map(row -> script.attention(row.sentence(), row.history()))
                .toArray(float[][]::new);
    }

    private static int[] bestFirst(float[] logProbabilities) {
        return IntStream.range(0, logProbabilities.length)
                .boxed()
                .sorted(Comparator.comparing((Integer id) -> -logProbabilities[id])
                        .thenComparing(id -> id))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public void reorder(int[] origins) {
        requireOpen();
        reorders++;
        rows = Arrays.stream(origins).mapToObj(rows::get).toList();
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The session is closed");
        }
    }

    /** A script of probabilities by history, written as a table: {@code "3 4"} is the history of ids 3 and 4. */
    static final class Table implements Script {
        private final Map<String, float[]> rows = new HashMap<>();
        private final Map<String, float[]> attention = new HashMap<>();
        private int sourceLength = 1;
        private float @Nullable [] otherwise;

        /** Probabilities of the ids from 2, which is {@code </s>}, on; 0 and 1 are impossible. */
        Table after(String history, double... probabilities) {
            rows.put(history, logarithms(probabilities));
            return this;
        }

        Table otherwise(double... probabilities) {
            otherwise = logarithms(probabilities);
            return this;
        }

        Table attend(String history, float... weights) {
            attention.put(history, weights);
            sourceLength = weights.length;
            return this;
        }

        private static float[] logarithms(double... probabilities) {
            float[] logProbabilities = new float[probabilities.length + 2];
            Arrays.fill(logProbabilities, Float.NEGATIVE_INFINITY);
            for (int i = 0; i < probabilities.length; i++) {
                logProbabilities[i + 2] = (float) Math.log(probabilities[i]);
            }
            return logProbabilities;
        }

        @Override
        public float[] logProbabilities(int sentence, List<Integer> history) {
            float[] row = rows.getOrDefault(key(history), otherwise);
            if (row == null) {
                throw new IllegalStateException("No row for history '" + key(history) + "'");
            }
            return row;
        }

        @Override
        public float[] attention(int sentence, List<Integer> history) {
            float[] weights = attention.get(key(history));
            return weights != null ? weights : new float[sourceLength];
        }

        @Override
        public int sourceLength(int sentence) {
            return sourceLength;
        }

        private static String key(List<Integer> history) {
            return String.join(" ", history.stream().map(String::valueOf).toList());
        }
    }
}
