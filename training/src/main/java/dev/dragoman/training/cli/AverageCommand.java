package dev.dragoman.training.cli;

import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.training.CheckpointAverage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman average}: the mean of a run's last checkpoints as a model. */
@Command(
        name = "average",
        description = {
            "Average the weights of a run's newest checkpoints into a model directory.",
            "Often better than each of them; `dragoman evaluate` tells. training.keepCheckpoints says how many a run keeps."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class AverageCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-r", "--run"},
            required = true,
            paramLabel = "DIR",
            description = "Folder of the run.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path run;

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How many of the newest checkpoints (default: ${DEFAULT-VALUE}).")
    int last;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The model directory to write.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path output;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "F32",
            description = "How matrices are stored: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    StoredType precision = StoredType.F32;

    @Override
    public Integer call() throws IOException {
        CheckpointAverage average;
        try {
            average = CheckpointAverage.ofNewest(run, last);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
        average.write(output, precision);
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println("the mean of the weights after the updates " + average.updates() + " is in " + output);
        return ExitCode.OK;
    }
}
