package dev.dragoman.app.security;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.configuration.PropertyFailureAnalyzer;
import dev.dragoman.app.http.Scope;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * {@code ./dragoman keys}: creates, lists and revokes keys, also beside a server that runs.
 *
 * <p>The database is found by the server's own properties, as arguments, in the environment or in an {@code application.yaml}.
 */
@Command(
        name = "keys",
        description = "Creates, lists and revokes the keys that the server asks for, once there is one.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {KeysCommand.Create.class, KeysCommand.ListKeys.class, KeysCommand.Revoke.class})
public final class KeysCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    /** Runs the command and returns its exit status: 2 for wrong arguments, 1 for a database that cannot be used. */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return new CommandLine(new KeysCommand())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((fault, command, parsed) -> {
                    if (fault instanceof DatabaseException unusable) {
                        command.getErr().println("dragoman: " + unusable.getMessage() + ". " + unusable.action());
                        command.getErr().flush();
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                    throw fault;
                })
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: create, list or revoke");
    }

    /** Only what the keys need of the server. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(DragomanProperties.class)
    static class Settings {}

    /** What every command takes: properties of the server. */
    private abstract static class OnKeys {
        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        CommandSpec spec;

        @Unmatched
        List<String> properties = new ArrayList<>();

        int with(Function<Keys, Integer> work) {
            for (String property : properties) {
                if (!property.startsWith("--dragoman.") || !property.contains("=")) {
                    throw new ParameterException(
                            spec.commandLine(), "Unknown argument; properties are written as --dragoman.data=FOLDER");
                }
            }
            try (ConfigurableApplicationContext context = settings()) {
                Database database = new Database(context.getBean(DragomanProperties.class), Keys.PATIENCE);
                try (Keys keys =
                        new Keys(database, Clock.systemUTC(), SecurityConfiguration.timeOf(Ticker.systemTicker()))) {
                    return work.apply(keys);
                }
            }
        }

        private ConfigurableApplicationContext settings() {
            try {
                return new SpringApplicationBuilder(Settings.class)
                        .web(WebApplicationType.NONE)
                        // What is wrong with them is said below, and not in a server's log.
                        .properties("logging.level.dev.dragoman.app.system.StartupFailureReporter=off")
                        .run(properties.toArray(String[]::new));
            } catch (RuntimeException wrong) {
                FailureAnalysis analysis = new PropertyFailureAnalyzer().analyze(wrong);
                throw analysis == null
                        ? wrong
                        : new ParameterException(spec.commandLine(), analysis.getDescription(), wrong);
            }
        }

        void say(String line) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        }
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Creates a key and prints it, the only time that it is shown. From the first key on the server asks for"
                            + " one; a server that runs knows of it within seconds.")
    static final class Create extends OnKeys implements java.util.concurrent.Callable<Integer> {
        @Option(names = "--name", required = true, description = "What the key is called in lists.")
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private String name;

        @Option(
                names = "--scopes",
                defaultValue = "translate",
                description = "What it is for, separated by commas: translate, jobs, admin (default: translate).")
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private String scopes;

        @Option(
                names = "--requests-per-minute",
                description = "Beyond it requests are answered with 429 (default: no limit).")
        private @Nullable Integer requestsPerMinute;

        @Option(
                names = "--characters-per-month",
                description = "Characters of source text in a calendar month of UTC (default: no limit).")
        private @Nullable Long charactersPerMonth;

        @Override
        public Integer call() {
            return with(keys -> {
                try {
                    Keys.Created created =
                            keys.create(name, Scope.parse(scopes), requestsPerMinute, charactersPerMonth);
                    say(created.text());
                    return CommandLine.ExitCode.OK;
                } catch (IllegalArgumentException outOfRange) {
                    throw new ParameterException(spec.commandLine(), String.valueOf(outOfRange.getMessage()));
                }
            });
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists all keys, without what is secret of them.")
    static final class ListKeys extends OnKeys implements java.util.concurrent.Callable<Integer> {
        @Override
        public Integer call() {
            return with(keys -> {
                List<Keys.Listed> all = keys.list();
                if (all.isEmpty()) {
                    say("There are no keys: the server listens on its own machine only, and asks nobody for one.");
                    return CommandLine.ExitCode.OK;
                }
                say(row(
                        "PREFIX",
                        "NAME",
                        "SCOPES",
                        "REQUESTS/MINUTE",
                        "CHARACTERS/MONTH",
                        "USED",
                        "CREATED",
                        "REVOKED"));
                for (Keys.Listed listed : all) {
                    ApiKey key = listed.key();
                    say(row(
                            "dgm_" + key.id(),
                            key.name(),
                            Scope.format(key.scopes()),
                            shown(key.requestsPerMinute()),
                            shown(key.charactersPerMonth()),
                            String.valueOf(listed.characters()),
                            key.created().toString().substring(0, 10),
                            key.revoked() == null
                                    ? "-"
                                    : key.revoked().toString().substring(0, 10)));
                }
                return CommandLine.ExitCode.OK;
            });
        }

        private static String shown(@Nullable Object limit) {
            return limit == null ? "-" : limit.toString();
        }

        private static String row(Object... cells) {
            return String.format(Locale.ROOT, "%-17s  %-20s  %-20s  %15s  %16s  %12s  %-10s  %-10s", cells)
                    .stripTrailing();
        }
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revokes a key, for good.")
    static final class Revoke extends OnKeys implements java.util.concurrent.Callable<Integer> {
        @Parameters(paramLabel = "PREFIX", description = "The prefix or id that 'list' shows.")
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private String prefix;

        @Override
        public Integer call() {
            return with(keys -> {
                if (!keys.revoke(prefix.startsWith("dgm_") ? prefix.substring("dgm_".length()) : prefix)) {
                    spec.commandLine().getErr().println("dragoman: there is no valid key " + prefix);
                    spec.commandLine().getErr().flush();
                    return CommandLine.ExitCode.SOFTWARE;
                }
                say("Revoked. A server that runs refuses it within seconds.");
                return CommandLine.ExitCode.OK;
            });
        }
    }
}
