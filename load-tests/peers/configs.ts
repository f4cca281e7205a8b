/** Where a daemon listens, and the folder that it may write to. */
export type Place = { host: string; port: number; folder: string };

/**
 * nginx with nchan: WebSocket subscribers, publishers by HTTP POST, messages only in memory and not kept
 * (`nchan_store_messages off`). One worker: it has one CPU.
 */
export function nginxConfig({ host, port, folder }: Place, nchanModule: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/${name};`,
  );
  return `load_module ${nchanModule};
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
worker_rlimit_nofile 65536;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log error;
events {
  worker_connections 65536;
}
http {
  access_log off;
${temporary.join('\n')}
  keepalive_requests 1000000;
  nchan_shared_memory_size 128M;
  server {
    listen ${host}:${port} backlog=4096;
    tcp_nodelay on;
    location ~ ^/sub/([a-z-]+)$ {
      nchan_subscriber websocket;
      nchan_channel_id $1;
      nchan_websocket_ping_interval 25;
    }
    location ~ ^/pub/([a-z-]+)$ {
      nchan_publisher http;
      nchan_channel_id $1;
      nchan_store_messages off;
    }
  }
}
`;
}

/** mosquitto: MQTT over TCP, nothing on disk, no statistics, nothing thrown away for being late. */
export function mosquittoConfig({ host, port }: Place): string {
  return `listener ${port} ${host}
allow_anonymous true
persistence false
sys_interval 0
set_tcp_nodelay true
max_queued_messages 0
log_dest stderr
log_type error
`;
}
