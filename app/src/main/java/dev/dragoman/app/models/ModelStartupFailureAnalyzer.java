package dev.dragoman.app.models;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints why a model cannot be served, in place of a stack trace. Named in {@code META-INF/spring.factories}. */
final class ModelStartupFailureAnalyzer extends AbstractFailureAnalyzer<ModelStartupException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ModelStartupException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
