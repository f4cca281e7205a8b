// For DtlsTransport.cpp alone, before everything else. Its callback answers 1 for all but the second call of an
// operation that is BIO_CB_RETURN by itself, which no call is: so 1 is also what a control call seems to have answered.
// An OpenSSL with kernel TLS asks that way whether the kernel does the work, believes the 1 and makes no buffer to write
// into. What the operation itself answered is handed on instead.
#pragma once

#include <openssl/bio.h>
#include <cstddef>

template<BIO_callback_fn_ex Callback>
long handsOnWhatWasAnswered(
  BIO* bio, int operation, const char* argp, size_t len, int argi, long argl, int ret, size_t* processed)
{
	const long answer = Callback(bio, operation, argp, len, argi, argl, ret, processed);

	return (operation & BIO_CB_RETURN) != 0 ? static_cast<long>(ret) : answer;
}

#define BIO_set_callback_ex(bio, callback) (BIO_set_callback_ex)((bio), handsOnWhatWasAnswered<callback>)
