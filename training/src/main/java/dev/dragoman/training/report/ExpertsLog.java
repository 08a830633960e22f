package dev.dragoman.training.report;

import dev.dragoman.training.ExpertBalance;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The balance of every mixture layer as a CSV file with a header, one row for each layer and report.
 *
 * <p>Confined to one thread. The caller closes it.
 */
final class ExpertsLog implements Closeable {
    static final String HEADER = "update,layer,importance_cv,load_cv,idle_share,overflow";

    private final CsvLog csv;

    private ExpertsLog(CsvLog csv) {
        this.csv = csv;
    }

    /** Begins the log of a new run; a log that is there is replaced. */
    static ExpertsLog create(Path file) throws IOException {
        return new ExpertsLog(CsvLog.create(file, HEADER));
    }

    /** Continues the log of a run that resumes after {@code update} updates. */
    static ExpertsLog resume(Path file, long update) throws IOException {
        return new ExpertsLog(CsvLog.resume(file, HEADER, update));
    }

    void append(ExpertMetrics metrics) throws IOException {
        ExpertBalance balance = metrics.balance();
        csv.append(String.join(
                ",",
                Long.toString(metrics.update()),
                metrics.layer(),
                CsvLog.cell(balance.importanceCv()),
                CsvLog.cell(balance.loadCv()),
                CsvLog.cell(balance.idleShare()),
                CsvLog.cell(balance.overflow())));
    }

    @Override
    public void close() throws IOException {
        csv.close();
    }
}
