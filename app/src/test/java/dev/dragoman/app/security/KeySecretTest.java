package dev.dragoman.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySecretTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void generate_differsEveryTimeAndHasAnId() {
        assertThat(Stream.generate(() -> KeySecret.generate(random)).limit(1000).collect(Collectors.toSet()))
                .hasSize(1000)
                .allSatisfy(key ->
                        assertThat(KeySecret.id(key).orElseThrow()).hasSize(12).isEqualTo(key.substring(4, 16)));
    }

    @Test
    void hash_isSha256() {
        assertThat(KeySecret.hash("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void matches_theWholeKeyOnly() {
        String key = KeySecret.generate(random);
        String hash = KeySecret.hash(key);
        assertThat(KeySecret.matches(key, hash)).isTrue();
        assertThat(KeySecret.matches(key.substring(0, key.length() - 1) + "!", hash))
                .isFalse();
        assertThat(KeySecret.matches(key + "a", hash)).isFalse();
        assertThat(KeySecret.matches("", hash)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dgm_",
                "placeholder",
                "dgm_0123456789AB_short",
                "xxx_0123456789AB_0123456789012345678901234567890123456789012"
            })
    void id_ofWhatIsNoKey(String text) {
        assertThat(KeySecret.id(text)).isEmpty();
    }
}
