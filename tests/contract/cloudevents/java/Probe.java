// What the CloudEvents SDK for Java makes of our records, and what it writes.
// The same questions and answers as in ../python/probe.py.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

public class Probe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOPIC = "any";

    public static void main(String[] arguments) throws Exception {
        JsonNode asked = JSON.readTree(System.in);
        ObjectNode told = JSON.createObjectNode();
        ArrayNode events = told.putArray("events");
        for (JsonNode record : asked.get("events")) {
            events.add(read(record));
        }
        ArrayNode binary = told.putArray("binary");
        ArrayNode structured = told.putArray("structured");
        for (JsonNode command : asked.get("commands")) {
            CloudEvent event = eventOf(command);
            binary.add(write(event, Map.of()));
            structured.add(write(event, Map.of(
                CloudEventSerializer.ENCODING_CONFIG, Encoding.STRUCTURED,
                CloudEventSerializer.EVENT_FORMAT_CONFIG, JsonFormat.CONTENT_TYPE)));
        }
        JSON.writeValue(System.out, told);
    }

    private static JsonNode read(JsonNode record) throws Exception {
        Headers headers = new RecordHeaders();
        for (Map.Entry<String, JsonNode> header : record.get("headers").properties()) {
            headers.add(header.getKey(), header.getValue().binaryValue());
        }
        byte[] value = record.get("value").binaryValue();
        CloudEvent event = new CloudEventDeserializer().deserialize(TOPIC, headers, value);
        ObjectNode told = JSON.createObjectNode();
        ObjectNode attributes = told.putObject("attributes");
        for (String name : event.getAttributeNames()) {
            attributes.put(name, event.getAttribute(name).toString());
        }
        for (String name : event.getExtensionNames()) {
            attributes.put(name, event.getExtension(name).toString());
        }
        told.set("data", JSON.readTree(event.getData().toBytes()));
        return told;
    }

    private static CloudEvent eventOf(JsonNode command) throws Exception {
        CloudEventBuilder builder = CloudEventBuilder.v1()
            .withData("application/json", JSON.writeValueAsBytes(command.get("data")));
        for (Map.Entry<String, JsonNode> attribute : command.get("attributes").properties()) {
            String value = attribute.getValue().textValue();
            switch (attribute.getKey()) {
                case "specversion" -> { } // set already
                case "id" -> builder.withId(value);
                case "source" -> builder.withSource(URI.create(value));
                case "type" -> builder.withType(value);
                default -> builder.withExtension(attribute.getKey(), value);
            }
        }
        return builder.build();
    }

    private static JsonNode write(CloudEvent event, Map<String, Object> options) {
        CloudEventSerializer serializer = new CloudEventSerializer();
        serializer.configure(options, false);
        Headers headers = new RecordHeaders();
        byte[] value = serializer.serialize(TOPIC, headers, event);
        ObjectNode record = JSON.createObjectNode();
        ObjectNode written = record.putObject("headers");
        headers.forEach(header -> written.put(header.key(), header.value()));
        return record.put("value", value);
    }
}
