package dev.dragoman.training.cli;

import dev.dragoman.training.evaluation.Bootstrap;
import dev.dragoman.training.evaluation.CorpusStatistics;
import dev.dragoman.training.evaluation.Metric;
import dev.dragoman.training.evaluation.PairedScore;
import dev.dragoman.training.evaluation.Score;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores outputs by all metrics asked for, in the way asked for. */
final class Scoring {
    private final List<Metric> metrics;
    private final ReportArguments report;

    Scoring(List<Metric> metrics, ReportArguments report) {
        this.metrics = metrics;
        this.report = report;
    }

    /** One system's scores by metric, each with its interval if intervals are asked for. */
    List<PairedScore> corpus(List<String> hypotheses, List<List<String>> references) {
        List<PairedScore> scores = new ArrayList<>();
        for (Metric metric : metrics) {
            CorpusStatistics statistics = CorpusStatistics.of(metric, hypotheses, references);
            Score score = report.confidence ? report.bootstrap().withInterval(statistics) : statistics.score();
            scores.add(new PairedScore(score, null));
        }
        return scores;
    }

    /** The scores of every sentence, by metric. */
    List<List<Score>> sentences(List<String> hypotheses, List<List<String>> references) {
        return metrics.stream()
                .map(metric -> CorpusStatistics.of(metric.ofSentences(), hypotheses, references)
                        .sentenceScores())
                .toList();
    }

    /** One system, by corpus or by sentence. */
    EvaluatedSystem single(
            String name,
            List<String> hypotheses,
            List<List<String>> references,
            EvaluatedSystem.@Nullable ModelRun run) {
        boolean bySentence = report.sentenceLevel;
        return new EvaluatedSystem(
                name,
                hypotheses.size(),
                bySentence ? List.of() : corpus(hypotheses, references),
                bySentence ? sentences(hypotheses, references) : List.of(),
                run);
    }

    /**
     * Several systems of the same references, each compared with the first.
     *
     * @param systems hypotheses by name, in order
     */
    List<EvaluatedSystem> paired(Map<String, List<String>> systems, List<List<String>> references) {
        Bootstrap bootstrap = report.bootstrap();
        Map<String, List<PairedScore>> scores = new LinkedHashMap<>();
        systems.keySet().forEach(name -> scores.put(name, new ArrayList<>()));
        for (Metric metric : metrics) {
            List<CorpusStatistics> statistics = systems.values().stream()
                    .map(hypotheses -> CorpusStatistics.of(metric, hypotheses, references))
                    .toList();
            List<PairedScore> results = bootstrap.paired(statistics);
            int system = 0;
            for (List<PairedScore> ofSystem : scores.values()) {
                ofSystem.add(results.get(system++));
            }
        }
        List<EvaluatedSystem> evaluated = new ArrayList<>();
        int segments = references.get(0).size();
        scores.forEach(
                (name, ofSystem) -> evaluated.add(new EvaluatedSystem(name, segments, ofSystem, List.of(), null)));
        return evaluated;
    }
}
