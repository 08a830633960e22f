package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder session whose distribution is a function of the sentence and of the ids fed so far, without a network.
 *
 * <p>Its answers are in arrays that it uses again, as a session may: their contents are spoilt by the next call.
 */
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

    /** @param fed whether the sentence has begun */
    private record Row(int sentence, int @Nullable [] shortlist, List<Integer> history, boolean fed) {}

    private final Script script;
    private final ToIntFunction<int[]> sentenceOf;
    private List<Row> rows = List.of();
    private @Nullable Candidates answer;
    private boolean closed;

    /** Number of rows at every step, in order. */
    final List<Integer> rowsPerStep = new ArrayList<>();

    /** Number of sentences at every admission, in order. */
    final List<Integer> admissions = new ArrayList<>();

    /** How many continuations of each row were asked for, at every step. */
    final List<Integer> candidatesPerStep = new ArrayList<>();

    int attentionSteps;
    int reorders;

    /** Sentences are told by their first id. */
    public ScriptedSession(Script script) {
        this(script, source -> source[0]);
    }

    /** @param sentenceOf the script's number of the sentence with some ids */
    public ScriptedSession(Script script, ToIntFunction<int[]> sentenceOf) {
        this.script = script;
        this.sentenceOf = sentenceOf;
    }

    @Override
    public void admit(int[][] sources, int @Nullable [] @Nullable [] shortlists) {
        requireOpen();
        spoil();
        admissions.add(sources.length);
        List<Row> more = new ArrayList<>(rows);
        for (int i = 0; i < sources.length; i++) {
            int[] list = shortlists == null ? null : shortlists[i];
            more.add(new Row(sentenceOf.applyAsInt(sources[i]), list, List.of(), false));
        }
        rows = more;
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
    public Candidates step(int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored) {
        requireOpen();
        if (lastIds.length != rows.size()) {
            throw new IllegalArgumentException(lastIds.length + " ids for " + rows.size() + " rows");
        }
        spoil();
        feed(lastIds);
        rowsPerStep.add(rows.size());
        attentionSteps += attention ? 1 : 0;
        float[][] table = rows.stream()
                .map(row -> listed(script.logProbabilities(row.sentence(), row.history()), row.shortlist()))
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
        candidatesPerStep.add(candidates);
        answer = new Candidates(
                perRow,
                ids,
                logProbabilities,
                attention ? attention() : null,
                scored == null ? null : scored(table, scored));
        return answer;
    }

    private static float[] listed(float[] all, int @Nullable [] shortlist) {
        if (shortlist == null) {
            return all;
        }
        float[] listed = new float[all.length];
        Arrays.fill(listed, Float.NEGATIVE_INFINITY);
        for (int id : shortlist) {
            listed[id] = all[id];
        }
        return listed;
    }

    private static float[] @Nullable [] scored(float[][] table, int[] @Nullable [] scored) {
        float[] @Nullable [] values = new float[scored.length][];
        for (int row = 0; row < scored.length; row++) {
            int[] wanted = scored[row];
            if (wanted != null) {
                values[row] = new float[wanted.length];
                for (int i = 0; i < wanted.length; i++) {
                    values[row][i] = table[row][wanted[i]];
                }
            }
        }
        return values;
    }

    private void spoil() {
        if (answer != null) {
            Arrays.fill(answer.ids(), -1);
            Arrays.fill(answer.logProbabilities(), Float.NaN);
            if (answer.attention() != null) {
                Arrays.stream(answer.attention()).forEach(row -> Arrays.fill(row, Float.NaN));
            }
        }
    }

    private void feed(int[] lastIds) {
        List<Row> next = new ArrayList<>();
        for (int i = 0; i < lastIds.length; i++) {
            Row row = rows.get(i);
            List<Integer> history = new ArrayList<>(row.history());
            if (row.fed()) {
                history.add(lastIds[i]);
            } else if (lastIds[i] != BOS) {
                throw new IllegalArgumentException("The first id is " + lastIds[i]);
            }
            next.add(new Row(row.sentence(), row.shortlist(), history, true));
        }
        rows = next;
    }

    /** Wider than the source, as a session's arrays may be. */
    private float[][] attention() {
        return rows.stream()
                .map(row -> script.attention(row.sentence(), row.history()))
                .map(weights -> Arrays.copyOf(weights, weights.length + 1))
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
        spoil();
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
