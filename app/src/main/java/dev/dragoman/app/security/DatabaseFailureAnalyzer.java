package dev.dragoman.app.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints why the keys cannot be read, in place of a stack trace. Named in {@code META-INF/spring.factories}. */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<DatabaseException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DatabaseException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
