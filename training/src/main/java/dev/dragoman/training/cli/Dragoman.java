package dev.dragoman.training.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line of training and offline translation. */
@Command(
        name = "dragoman",
        description = "Neural machine translation on your own machines: train it, measure it, translate with it.",
        subcommands = {
            VocabularyCommand.class,
            PrepareCommand.class,
            TrainCommand.class,
            AverageCommand.class,
            ShortlistCommand.class,
            RunsCommand.class,
            EvaluateCommand.class,
            PerplexityCommand.class,
            TranslateCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Dragoman.Version.class,
        sortOptions = false)
public final class Dragoman {
    @Option(
            names = "--stack-trace",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure, for a bug report.")
    boolean stackTrace;

    /** Runs a subcommand and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        // On Java 17 the standard streams take their encoding from the locale, and containers have none.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        PrintWriter output = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(commandLine().setOut(output).setErr(errors).execute(arguments));
    }

    static CommandLine commandLine() {
        Dragoman dragoman = new Dragoman();
        return new CommandLine(dragoman)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(new FailureHandler(() -> dragoman.stackTrace));
    }

    /** The version that the jar's manifest states. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            @Nullable String version = Dragoman.class.getPackage().getImplementationVersion();
            return new String[] {"dragoman " + (version == null ? "(development)" : version)};
        }
    }
}
