package dev.dragoman.benchmark;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the benchmarks. */
@Command(
        name = "dragoman bench",
        description =
                "Measures layers, steps and translations against what this machine can do at best. See docs/benchmarks.md.",
        subcommands = {
            MixtureTraining.class,
            MixtureServing.Encoder.class,
            MixtureServing.Decoder.class,
            MixtureSweep.class,
            DecoderSteps.class,
            PeerSteps.class,
            CorpusDecoding.class,
            Capacity.class,
            TrainingSpeed.class,
            FaithfulText.class,
            GlossaryTerms.class,
            ServerLoad.class,
            HttpOverhead.class,
            ServerSoak.class,
            SingleSentences.class
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Benchmarks {
    /** Runs a benchmark and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine()
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Benchmarks())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    if (!(failure instanceof BenchmarkException)) {
                        throw failure;
                    }
                    commandLine
                            .getErr()
                            .println(commandLine.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }
}
