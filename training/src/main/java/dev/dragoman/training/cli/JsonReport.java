package dev.dragoman.training.cli;

import dev.dragoman.training.evaluation.ConfidenceInterval;
import dev.dragoman.training.evaluation.Decimal;
import dev.dragoman.training.evaluation.PairedScore;
import dev.dragoman.training.evaluation.Score;
import dev.dragoman.training.evaluation.Signature;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** For programs: an array with an object for every system, whose scores have the fields that sacreBLEU's have. */
final class JsonReport implements EvaluationReport {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final PrintWriter output;
    private final int digits;
    private final ArrayNode systems = JSON.createArrayNode();

    JsonReport(PrintWriter output, int digits) {
        this.output = output;
        this.digits = digits;
    }

    @Override
    public void single(EvaluatedSystem system) {
        ObjectNode node = systems.addObject();
        node.put("system", system.name());
        node.put("sentences", system.segments());
        if (system.run() != null) {
            put(node, system.run());
        }
        ArrayNode scores = node.putArray("scores");
        system.scores().forEach(score -> put(scores.addObject(), score));
        for (List<Score> ofMetric : system.sentences()) {
            ObjectNode metric = scores.addObject();
            metric.put("name", ofMetric.get(0).metric());
            put(metric, ofMetric.get(0).signature());
            ArrayNode values = metric.putArray("sentence_scores");
            ofMetric.forEach(score -> values.add(number(score.score())));
        }
    }

    @Override
    public void compared(List<EvaluatedSystem> compared) {
        compared.forEach(this::single);
    }

    private static void put(ObjectNode node, EvaluatedSystem.ModelRun run) {
        node.put("source", run.direction().source());
        node.put("target", run.direction().target());
        node.put("beam", run.beam());
        node.put("seconds", run.seconds());
        node.put("too_long", run.tooLong());
        EvaluatedSystem.Perplexity perplexity = run.perplexity();
        if (perplexity != null) {
            ObjectNode values = node.putObject("perplexity");
            values.put("per_piece", perplexity.perPiece());
            values.put("per_word", perplexity.perWord());
            values.put("pieces", perplexity.likelihood().tokens());
            values.put("words", perplexity.words());
            values.put("left_out", perplexity.leftOut());
        }
    }

    private void put(ObjectNode node, PairedScore paired) {
        Score score = paired.score();
        node.put("name", score.metric());
        node.put("score", number(score.score()));
        put(node, score.signature());
        if (!score.details().isEmpty()) {
            node.put("verbose_score", score.details());
        }
        ConfidenceInterval interval = score.interval();
        if (interval != null) {
            node.put("confidence_mean", number(interval.mean()));
            node.put("confidence_var", number(interval.halfWidth()));
            node.put("confidence", interval.format(digits));
        }
        if (paired.pValue() != null) {
            node.put("p_value", paired.pValue());
        }
    }

    private static void put(ObjectNode node, Signature signature) {
        node.put("signature", signature.toString());
        signature.fields().forEach(node::put);
        node.put("version", signature.version());
    }

    private BigDecimal number(double value) {
        return new BigDecimal(Decimal.format(value, digits));
    }

    @Override
    public void end() {
        output.println(JSON.writeValueAsString(systems));
    }
}
