package dev.dragoman.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class AccessInterceptorTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost, true",
        "127.0.0.1, LocalHost, true",
        "127.1.2.3, 127.0.0.1, true",
        "0:0:0:0:0:0:0:1, [::1], true",
        "::1, [0:0:0:0:0:0:0:1], true",
        "10.0.0.7, localhost, false",
        "10.0.0.7, 10.0.0.7, false",
        "fe80:0:0:0:0:0:0:1, localhost, false",
        "127.0.0.1, rebound.example, false",
        "127.0.0.1, localhost.example, false",
        "127.0.0.1, 127.0.0.1.example, false",
    })
    void isFromHere_byAddressAndName(String address, String name, boolean expected) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setLocalAddr(address);
        request.setServerName(name);
        assertThat(AccessInterceptor.isFromHere(request)).isEqualTo(expected);
    }
}
