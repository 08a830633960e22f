package dev.dragoman.benchmark;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** About the least that HTTP costs a server in Java: answers every request with its own body, or with what it reads there as JSON. */
final class NettyEcho {
    private static final int LARGEST = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    private NettyEcho() {}

    /** Serves on a free port of this machine until the process ends; the argument {@code json} has it read and write JSON. */
    public static void main(String[] arguments) throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        Channel channel = serve(group, List.of(arguments).contains("json"));
        System.out.println("Echo at http://127.0.0.1:" + port(channel));
        channel.closeFuture().sync();
    }

    /** Serves on a free port of this machine until the channel is closed. */
    static Channel serve(EventLoopGroup group, boolean asJson) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection
                                .pipeline()
                                .addLast(new HttpServerCodec(), new HttpObjectAggregator(LARGEST), new Echo(asJson));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    static int port(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    private static final class Echo extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final boolean asJson;

        Echo(boolean asJson) {
            this.asJson = asJson;
        }

        private ByteBuf answer(ByteBuf body) {
            if (!asJson) {
                return body.retain();
            }
            String text = JSON.readTree((InputStream) new ByteBufInputStream(body))
                    .path("q")
                    .asString();
            return Unpooled.wrappedBuffer(JSON.writeValueAsBytes(Map.of("translatedText", text)));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            ByteBuf body = answer(request.content());
            DefaultFullHttpResponse answer =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
            answer.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
            context.writeAndFlush(answer);
        }
    }
}
