package dev.dragoman.benchmark;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many clients of one server on this machine, in one thread: each request has a connection to itself while it is open, and connections are
 * kept for others. The owner closes it.
 */
final class LoadClient implements AutoCloseable {
    /** What became of a request. Called by the client's thread, which must not be held up. */
    interface Listener {
        /**
         * The end.
         *
         * @param status {@link #BROKEN} if the connection broke, {@link #NOT_CONNECTED} if there was none
         * @param retryAfter what the header says; null if there is none
         * @param now reading of {@link System#nanoTime}
         */
        void answered(int status, @Nullable String retryAfter, long now);
    }

    /** In place of a status. */
    static final int BROKEN = 0;

    static final int NOT_CONNECTED = 1;

    private static final class Exchange {
        final byte[] request;
        final Listener listener;
        /** Sooner than that the connection is reset; 0 for never. */
        final long killAfterMillis;

        boolean repeated;

        Exchange(byte[] request, Listener listener, long killAfterMillis) {
            this.request = request;
            this.listener = listener;
            this.killAfterMillis = killAfterMillis;
        }
    }

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = (EventLoop) group.next();
    private final Bootstrap bootstrap;
    private final int mostConnections;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Exchange> waiting = new ArrayDeque<>();
    private int connections;

    /**
     * Connects to nobody yet.
     *
     * @param port of the server on this machine
     * @param mostConnections beyond which requests wait in the client, which counts as the server's time
     */
    LoadClient(int port, int mostConnections) {
        this.mostConnections = mostConnections;
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .remoteAddress(InetAddress.getLoopbackAddress(), port)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder(), new Connection(channel));
                    }
                });
    }

    /** Sends the bytes of a request. */
    void send(byte[] request, Listener listener) {
        Exchange exchange = new Exchange(request, listener, 0);
        loop.execute(() -> begin(exchange));
    }

    /** Sends the bytes of a request and resets the connection after a time, answered or not; the listener hears {@link #BROKEN} then. */
    void sendAndKill(byte[] request, long afterMillis, Listener listener) {
        Exchange exchange = new Exchange(request, listener, Math.max(1, afterMillis));
        loop.execute(() -> begin(exchange));
    }

    private void begin(Exchange exchange) {
        // Where one idle connection was just closed, others have been idle as long.
        Connection free = exchange.repeated ? null : idle.pollFirst();
        if (free != null) {
            free.begin(exchange);
        } else if (connections < mostConnections) {
            connect(exchange);
        } else {
            waiting.addLast(exchange);
        }
    }

    private void connect(Exchange exchange) {
        connections++;
        bootstrap.connect().addListener((io.netty.channel.ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                connected.channel().pipeline().get(Connection.class).begin(exchange);
            } else {
                connections--;
                exchange.listener.answered(NOT_CONNECTED, null, System.nanoTime());
            }
        });
    }

    private final class Connection extends SimpleChannelInboundHandler<HttpObject> {
        private final Channel channel;
        private @Nullable Exchange exchange;
        private boolean reused;
        private boolean keepAlive;
        private int status;
        private @Nullable String retryAfter;

        Connection(Channel channel) {
            this.channel = channel;
        }

        void begin(Exchange next) {
            exchange = next;
            status = 0;
            retryAfter = null;
            channel.writeAndFlush(Unpooled.wrappedBuffer(next.request));
            if (next.killAfterMillis > 0) {
                loop.schedule(
                        () -> {
                            if (exchange == next) {
                                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                                channel.close();
                            }
                        },
                        next.killAfterMillis,
                        TimeUnit.MILLISECONDS);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpResponse head) {
                status = head.status().code();
                retryAfter = head.headers().get(HttpHeaderNames.RETRY_AFTER);
                keepAlive = HttpUtil.isKeepAlive(head);
            }
            if (part instanceof LastHttpContent && exchange != null) {
                Exchange answered = exchange;
                int answeredStatus = status;
                String answeredRetryAfter = retryAfter;
                exchange = null;
                reused = true;
                if (keepAlive) {
                    reuse();
                } else {
                    channel.close();
                }
                // This connection may be at its next exchange by now.
                answered.listener.answered(answeredStatus, answeredRetryAfter, System.nanoTime());
            }
        }

        private void reuse() {
            Exchange next = waiting.pollFirst();
            if (next != null) {
                begin(next);
            } else {
                idle.addFirst(this);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            connections--;
            idle.remove(this);
            Exchange broken = exchange;
            exchange = null;
            if (broken != null && reused && status == 0 && !broken.repeated && broken.killAfterMillis == 0) {
                // The server may close a connection that was idle in the moment in which it is used again.
                broken.repeated = true;
                LoadClient.this.begin(broken);
            } else if (broken != null) {
                broken.listener.answered(BROKEN, null, System.nanoTime());
            }
            Exchange next = waiting.pollFirst();
            if (next != null) {
                LoadClient.this.begin(next);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
