import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventSerializer;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import viber.commands.SendMessage;

/**
 * The bot of bots/README.md in Java; it knows nothing but three Kafka topics.
 *
 * <p>Offsets are committed once Kafka has acknowledged the answers.  To run it:
 * {@code mvn -q compile && java -cp 'target/classes:target/lib/*' EchoBot}
 */
public final class EchoBot {
    private static final String NAME = setting("BOT_NAME", "echo-bot-java");
    private static final String SERVERS = setting("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092");
    private static final String EVENTS = setting("TOPIC_INBOUND", "viber.inbound");
    private static final String COMMANDS = setting("TOPIC_OUTBOUND", "viber.outbound");
    private static final String RESULTS = setting("TOPIC_RESULTS", "viber.results");
    private static final int REMEMBERED = 10_000;

    private final Dialogue dialogue = new Dialogue(NAME);
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    private static String setting(String name, String usual) {
        return System.getenv().getOrDefault(name, usual);
    }

    /** The answer to a record; none to one that somebody else wrote. */
    private Optional<ProducerRecord<String, CloudEvent>> answer(ConsumerRecord<String, byte[]> record) {
        try {
            return answer(record.key(), KafkaMessageFactory.createReader(record).toEvent());
        } catch (IOException | RuntimeException why) {
            System.err.printf("%s: left out %s/%d/%d, no event: %s%n",
                NAME, record.topic(), record.partition(), record.offset(), why);
            return Optional.empty();
        }
    }

    /** The answer to an event or a result, unless it is about nobody or was answered before. */
    private Optional<ProducerRecord<String, CloudEvent>> answer(String user, CloudEvent event) throws IOException {
        var message = dialogue.answer(event);
        if (message.isEmpty() || user == null || seen.put(event.getId(), true) != null) {
            return Optional.empty();
        }
        return Optional.of(command(event, user, message.get()));
    }

    /** An answer as a command, or as the welcome message that was asked for. */
    private static ProducerRecord<String, CloudEvent> command(CloudEvent event, String user, SendMessage message)
            throws IOException {
        var use = event.getType().startsWith("com.viber.result.") ? "-sorry-" : "-answer-";
        var topic = event.getExtension("replyto");
        var body = topic == null ? message.withReceiver(user) : message;
        var made = CloudEventBuilder.v1()
            .withId(NAME + use + event.getId())
            .withSource(URI.create("/bots/" + NAME))
            .withType("com.viber.command.send_message")
            .withData("application/json", Dialogue.JSON.writeValueAsBytes(body));
        for (var name : List.of("bot", "correlationid", "traceparent")) {
            if (event.getExtension(name) instanceof String given) {
                made.withExtension(name, given);
            }
        }
        return topic == null
            ? new ProducerRecord<>(COMMANDS, user, made.build())
            : new ProducerRecord<>((String) topic, (String) event.getExtension("correlationid"), made.build());
    }

    private void run(KafkaConsumer<String, byte[]> consumer, KafkaProducer<String, CloudEvent> producer)
            throws Exception {
        consumer.subscribe(List.of(EVENTS, RESULTS));
        while (true) {
            List<Future<?>> sent = new ArrayList<>();
            for (var record : consumer.poll(Duration.ofSeconds(1))) {
                answer(record).map(producer::send).ifPresent(sent::add);
            }
            for (var each : sent) {
                each.get(); // ends the process where Kafka did not take it: the event comes again
            }
            consumer.commitSync();
        }
    }

    public static void main(String[] arguments) throws Exception {
        var kafka = Map.<String, Object>of("bootstrap.servers", SERVERS);
        var group = Map.<String, Object>of(
            "bootstrap.servers", SERVERS, "group.id", NAME, "session.timeout.ms", 6000,
            "auto.offset.reset", "earliest", "enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(group, new StringDeserializer(), new ByteArrayDeserializer());
                var producer = new KafkaProducer<>(kafka, new StringSerializer(), new CloudEventSerializer())) {
            var main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                consumer.wakeup();
                try {
                    main.join();
                } catch (InterruptedException ended) {
                    main.interrupt();
                }
            }));
            new EchoBot().run(consumer, producer);
        } catch (WakeupException stopped) {
            System.out.println("echo bot: stopped");
        }
    }
}
