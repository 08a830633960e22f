package dev.dragoman.training.report;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A row of a run's log; its kind comes first, so that a reader who wants some kinds only need not parse the others. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = MetricsRow.KIND)
@JsonSubTypes({
    @Type(value = SessionMetrics.class, name = "session"),
    @Type(value = UpdateMetrics.class, name = "update"),
    @Type(value = BalanceMetrics.class, name = "balance"),
    @Type(value = LoadMetrics.class, name = "load"),
    @Type(value = DevMetrics.class, name = MetricsRow.DEV),
    @Type(value = SampleMetrics.class, name = "sample")
})
public sealed interface MetricsRow
        permits SessionMetrics, UpdateMetrics, BalanceMetrics, LoadMetrics, DevMetrics, SampleMetrics {
    /** The key of the kind. */
    String KIND = "kind";

    /** The kind of evaluations on development text. */
    String DEV = "dev";

    /** Number of updates done. */
    long update();
}
