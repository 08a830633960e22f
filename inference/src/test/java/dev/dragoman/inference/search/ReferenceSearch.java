package dev.dragoman.inference.search;

import static dev.dragoman.inference.search.ScriptedSession.EOS;

import dev.dragoman.inference.search.ScriptedSession.Script;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The searches as one would write them on a board: lists, no batches, no early end. */
final class ReferenceSearch {
    private static final Comparator<Hypothesis> BEST_FIRST =
            Comparator.comparingDouble(Hypothesis::score).reversed();

    private final Script script;
    private final SearchOptions options;

    ReferenceSearch(Script script, SearchOptions options) {
        this.script = script;
        this.options = options;
    }

    private record Path(List<Integer> ids, double logProbability) {}

    /** Every target of at most {@code maximumLength} tokens that ends in {@code </s>}, then every one that is cut there; each best first. */
    List<Hypothesis> exhaustive(int sentence, int maximumLength) {
        List<Hypothesis> finished = new ArrayList<>();
        List<Hypothesis> truncated = new ArrayList<>();
        visit(sentence, new Path(List.of(), 0), maximumLength, finished, truncated);
        return ranked(finished, truncated);
    }

    private void visit(
            int sentence, Path path, int maximumLength, List<Hypothesis> finished, List<Hypothesis> truncated) {
        if (path.ids().size() == maximumLength) {
            truncated.add(hypothesis(sentence, path, true));
            return;
        }
        for (Path next : continuations(sentence, path)) {
            if (isFinished(next)) {
                finished.add(hypothesis(sentence, withoutEnd(next), false));
            } else {
                visit(sentence, next, maximumLength, finished, truncated);
            }
        }
    }

    /** Beam search until W finished hypotheses are at least as probable as every live one, or the limit is reached. */
    List<Hypothesis> beam(int sentence, int maximumLength) {
        int beamSize = options.beamSize();
        List<Hypothesis> finished = new ArrayList<>();
        List<Path> alive = List.of(new Path(List.of(), 0));
        for (int step = 0; step < maximumLength && !isOver(finished, alive); step++) {
            List<Path> all = new ArrayList<>();
            for (Path path : alive) {
                all.addAll(continuations(sentence, path));
            }
            all.sort(Comparator.comparingDouble(Path::logProbability).reversed());
            for (Path path : all.subList(0, Math.min(beamSize, all.size()))) {
                if (isFinished(path)) {
                    finished.add(hypothesis(sentence, withoutEnd(path), false));
                }
            }
            alive = all.stream()
                    .filter(path -> !isFinished(path))
                    .limit(beamSize)
                    .toList();
        }
        List<Hypothesis> truncated =
                alive.stream().map(path -> hypothesis(sentence, path, true)).toList();
        return ranked(finished, truncated);
    }

    private boolean isOver(List<Hypothesis> finished, List<Path> alive) {
        double best = alive.get(0).logProbability();
        return finished.stream()
                        .filter(hypothesis -> hypothesis.logProbability() >= best)
                        .count()
                >= options.beamSize();
    }

    /** The most probable token until it is {@code </s>}. */
    List<Integer> greedy(int sentence, int maximumLength) {
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < maximumLength) {
            float[] logProbabilities = script.logProbabilities(sentence, ids);
            int best = 0;
            for (int id = 1; id < logProbabilities.length; id++) {
                best = logProbabilities[id] > logProbabilities[best] ? id : best;
            }
            if (best == EOS) {
                break;
            }
            ids.add(best);
        }
        return ids;
    }

    private List<Hypothesis> ranked(List<Hypothesis> finished, List<Hypothesis> truncated) {
        List<Hypothesis> ranked =
                new ArrayList<>(finished.stream().sorted(BEST_FIRST).toList());
        ranked.addAll(truncated.stream().sorted(BEST_FIRST).toList());
        return ranked.subList(0, Math.min(options.nBest(), ranked.size()));
    }

    /** In the order of the ids, so that a stable sort breaks ties as the search promises. */
    private List<Path> continuations(int sentence, Path path) {
        float[] logProbabilities = script.logProbabilities(sentence, path.ids());
        List<Path> continuations = new ArrayList<>();
        for (int id = 0; id < logProbabilities.length; id++) {
            List<Integer> ids = new ArrayList<>(path.ids());
            ids.add(id);
            continuations.add(new Path(ids, path.logProbability() + logProbabilities[id]));
        }
        return continuations;
    }

    private static boolean isFinished(Path path) {
        return path.ids().get(path.ids().size() - 1) == EOS;
    }

    private static Path withoutEnd(Path path) {
        return new Path(path.ids().subList(0, path.ids().size() - 1), path.logProbability());
    }

    private Hypothesis hypothesis(int sentence, Path path, boolean truncated) {
        int[] ids = path.ids().stream().mapToInt(Integer::intValue).toArray();
        double score = path.logProbability() / Math.pow((5.0 + ids.length) / 6, options.lengthPenalty());
        if (options.coveragePenalty() > 0) {
            score += options.coveragePenalty() * logCoverage(sentence, path.ids());
        }
        return new Hypothesis(ids, path.logProbability(), score, truncated, 0, null);
    }

    private double logCoverage(int sentence, List<Integer> ids) {
        double sum = 0;
        for (int source = 0; source < script.sourceLength(sentence); source++) {
            double coverage = 0;
            for (int position = 0; position < ids.size(); position++) {
                coverage += script.attention(sentence, ids.subList(0, position))[source];
            }
            sum += Math.log(Math.max(1e-3, Math.min(coverage, 1)));
        }
        return sum;
    }
}
